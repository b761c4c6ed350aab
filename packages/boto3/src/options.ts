/**
 * Checks the names of options, which JavaScript would ignore where boto3 raises an error: those of Python, positional
 * arguments, and misspelt ones.
 *
 * @param owner - What has the options, for the message.
 * @throws TypeError for an unknown name, with the one to use.
 */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
	for (const name of Object.keys(Object(options))) {
		if (!known.includes(name)) throw unknownOption(owner, name, known);
	}
}

/**
 * Checks the names of options that share an object with the parameters of an operation, whose names are not known here.
 *
 * @throws TypeError for another spelling of an option.
 */
export function checkSpelling(owner: string, options: object, known: readonly string[]): void {
	for (const name of Object.keys(Object(options))) {
		if (!known.includes(name) && sameWords(name, known) !== undefined) throw unknownOption(owner, name, known);
	}
}

/**
 * Checks parameters of an operation that pass through unread. AWS writes them with a capital, and the AWS SDK ignores others.
 *
 * @throws TypeError for a name without a capital.
 */
export function checkParameters(owner: string, parameters: object): void {
	for (const name of Object.keys(Object(parameters))) {
		if (!/^[A-Z]/.test(name))
			throw unknownOption(owner, name, [name.replace(/(?:^|_)(\w)/g, (_, a) => a.toUpperCase())]);
	}
}

function unknownOption(owner: string, name: string, known: readonly string[]): TypeError {
	const right = sameWords(name, known);
	const remedy = right === undefined ? `It has: ${known.join(", ")}.` : `Use "${right}".`;
	return new TypeError(`${owner} has no option "${name}". ${remedy}`);
}

/** The name of the same words, such as `overwriteByPkeys` of `overwrite_by_pkeys`. */
function sameWords(name: string, known: readonly string[]): string | undefined {
	const words = (text: string) => text.replaceAll("_", "").toLowerCase();
	return known.find((one) => words(one) === words(name));
}
