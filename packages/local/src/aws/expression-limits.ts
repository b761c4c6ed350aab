import { DynamodbError } from "./dynamodb-error.ts";

const MAX_BYTES = 4096;
/** dynalite's parser takes twice as long for each parenthesis inside another. */
const MAX_PARENTHESES = 10;

/**
 * Checks how large expressions are.
 *
 * @throws DynamodbError `ValidationException`.
 */
export function checkExpressions(input: Readonly<Record<string, unknown>>): void {
	for (const [name, text] of Object.entries(input)) {
		if (!name.endsWith("Expression") || typeof text !== "string") continue;
		const size = Buffer.byteLength(text);
		if (size > MAX_BYTES) {
			throw new DynamodbError(
				"ValidationException",
				`Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${size}`,
			);
		}
		if (parentheses(text) > MAX_PARENTHESES) {
			throw new DynamodbError(
				"ValidationException",
				`Invalid ${name}: The local tenant reads at most ${MAX_PARENTHESES} parentheses inside each other`,
			);
		}
	}
}

/** How many parentheses are open at most at the same time. */
function parentheses(expression: string): number {
	let open = 0;
	let most = 0;
	for (const character of expression) {
		if (character === "(") most = Math.max(most, ++open);
		if (character === ")") open--;
	}
	return most;
}
