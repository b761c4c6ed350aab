import { PaginationError } from "../errors/exceptions.ts";

/** The parameters that continue after a page, and the number of results of that page that have been read already. */
export interface Position {
	/** Values of the parameters. */
	readonly parameters: Readonly<Record<string, unknown>>;
	/** Results to skip. */
	readonly skip: number;
}

/** The number of results to skip, and the paths of bytes and bigints, in a token. Bigints are not known to botocore. */
const SKIP = "boto_truncate_amount";
const BYTES = "boto_encoded_keys";
const BIGINTS = "encoded_bigints";

/** Encodes a position as botocore does, which reads the same tokens. */
export function encodeToken({ parameters, skip }: Position): string {
	const paths: Paths = { [BYTES]: [], [BIGINTS]: [] };
	const value = encoded({ ...parameters, ...(skip > 0 && { [SKIP]: skip }) }, [], paths);
	const used = Object.entries(paths).filter(([, list]) => list.length > 0);
	return toBase64(new TextEncoder().encode(JSON.stringify({ ...value, ...Object.fromEntries(used) })));
}

/**
 * Decodes a token of this package or of botocore.
 *
 * @throws {@link PaginationError} for any other string.
 */
export function decodeToken(token: string): Position {
	try {
		const decoded = JSON.parse(new TextDecoder().decode(fromBase64(token)));
		const { [SKIP]: skip = 0, [BYTES]: bytes = [], [BIGINTS]: bigints = [], ...values } = decoded;
		for (const path of bytes as string[][]) decodeAt(values, path, fromBase64);
		for (const path of bigints as string[][]) decodeAt(values, path, BigInt);
		const parameters = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
		return { parameters, skip };
	} catch (cause) {
		throw new PaginationError(`Bad starting token: ${token}. Use resumeToken, or NextToken of buildFullResult().`, {
			cause,
		});
	}
}

interface Paths {
	readonly [BYTES]: string[][];
	readonly [BIGINTS]: string[][];
}

function encoded(value: object, path: readonly string[], paths: Paths): object {
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => {
			const at = [...path, name];
			if (member instanceof Uint8Array) {
				paths[BYTES].push(at);
				return [name, toBase64(member)];
			}
			if (typeof member === "bigint") {
				paths[BIGINTS].push(at);
				return [name, String(member)];
			}
			return [name, typeof member === "object" && member !== null ? encoded(member, at, paths) : member];
		}),
	);
}

function decodeAt(values: object, path: readonly string[], decode: (text: string) => unknown): void {
	const owner = path.slice(0, -1).reduce((value, name) => Reflect.get(value, name) as object, values);
	const name = String(path.at(-1));
	Reflect.set(owner, name, decode(Reflect.get(owner, name) as string));
}

function toBase64(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
	return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
