import { isRecord } from "./json.ts";

/** Checks a value that came from a file or from another program. Throws an {@link InvalidValue} that names the place of what is wrong. */
export type Shape = (value: unknown, path: string) => void;

/** A value that does not have the shape that is required. */
export class InvalidValue extends Error {}

/** A text that is not empty. */
export const text: Shape = (value, path) => {
	if (typeof value !== "string" || value === "") fail(path, "a text that is not empty");
};

/** `true` or `false`. */
export const flag: Shape = (value, path) => {
	if (typeof value !== "boolean") fail(path, "true or false");
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): Shape {
	return (value, path) => {
		if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
			fail(path, `a whole number from ${least} to ${most}`);
		}
	};
}

/** One of some texts. */
export function oneOf(...texts: readonly string[]): Shape {
	return (value, path) => {
		if (!texts.includes(value as string)) fail(path, `one of ${texts.join(", ")}`);
	};
}

/** Anything. */
export const anything: Shape = () => {};

/** A function of a program's own. */
export const callable: Shape = (value, path) => {
	if (typeof value !== "function") fail(path, "a function, which only a file of JavaScript can have");
};

/** A list, all of whose elements have one shape. */
export function list(element: Shape): Shape {
	return (value, path) => {
		if (!Array.isArray(value)) return fail(path, "a list");
		for (const [index, one] of value.entries()) element(one, `${path}[${index}]`);
	};
}

/** An object with any names, all of whose values have one shape. */
export function map(member: Shape): Shape {
	return (value, path) => {
		if (!isRecord(value)) return fail(path, "an object");
		for (const [name, one] of Object.entries(value)) member(one, joined(path, name));
	};
}

/** An object with these members and no others. All are optional, except for the `required` ones. */
export function object(members: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
	return (value, path) => {
		if (!isRecord(value)) return fail(path, "an object");
		for (const name of required) {
			if (!Object.hasOwn(value, name)) throw new InvalidValue(`${joined(path, name)} is missing`);
		}
		for (const [name, one] of Object.entries(value)) {
			const member = Object.hasOwn(members, name) ? members[name] : undefined;
			if (member === undefined) {
				throw new InvalidValue(`${joined(path, name)} is unknown: use ${Object.keys(members).join(", ")}`);
			}
			member(one, joined(path, name));
		}
	};
}

function joined(path: string, name: string): string {
	return path === "" ? name : `${path}.${name}`;
}

/** The value is not printed: it may be a password. */
function fail(path: string, expected: string): never {
	throw new InvalidValue(`${path === "" ? "The value" : path} is invalid: use ${expected}`);
}
