/**
 * Returns a number of DynamoDB without losing a digit: a number if it is exact, else a bigint, or the text in what `wrap`
 * returns if it has a fraction. DynamoDB has 38 digits, and JavaScript numbers about 16.
 */
export function exactNumber<Wrapped>(text: string, wrap: (text: string) => Wrapped): number | bigint | Wrapped {
	const number = Number(text);
	if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number) ? number : BigInt(text);
	return digitsOf(String(number)) === digitsOf(text) ? number : wrap(text);
}

/** The same text for equal numbers: the digits without zeros at the ends, and the power of ten. */
function digitsOf(text: string): string | undefined {
	const [, sign, whole = "", fraction = "", exponent = "0"] =
		/^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
	if (sign === undefined) return undefined;
	const digits = `${whole}${fraction}`.replace(/^0+/, "");
	const significant = digits.replace(/0+$/, "");
	const power = Number(exponent) - fraction.length + (digits.length - significant.length);
	return significant === "" ? "0" : `${sign === "-" ? "-" : ""}${significant}e${power}`;
}

/**
 * Returns the value with sets of one type of number: DynamoDB's set may have small and large numbers, and the AWS SDK writes
 * only sets of one JavaScript type. Values without such a set are returned unchanged.
 */
export function withUniformSets<T>(value: T, wrap: (number: number | bigint) => unknown): T {
	return uniform(value, wrap) as T;
}

function uniform(value: unknown, wrap: (number: number | bigint) => unknown): unknown {
	if (value instanceof Set) {
		const types = new Set([...value].map((element) => typeof element));
		if (types.size < 2) return value;
		return new Set([...value].map((element) => (isNumber(element) ? wrap(element) : element)));
	}
	if (Array.isArray(value)) {
		const elements = value.map((element) => uniform(element, wrap));
		return elements.some((element, index) => element !== value[index]) ? elements : value;
	}
	if (!isPlain(value)) return value;
	const members = Object.entries(value).map(([name, member]) => [name, uniform(member, wrap)] as const);
	return members.some(([name, member]) => member !== value[name]) ? Object.fromEntries(members) : value;
}

function isNumber(value: unknown): value is number | bigint {
	return typeof value === "number" || typeof value === "bigint";
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
