import { camel, memberNamed } from "./method-names.ts";

/** Members that JavaScript, or a test framework, looks for on any object. */
const PROBED = new Set([
	"then",
	"toJSON",
	"asymmetricMatch",
	"nodeType",
	"tagName",
	"hasAttribute",
	"length",
	"inspect",
]);

/**
 * Makes the unknown members of a class an error that lists the known ones, as the `AttributeError` of Python: a misspelt or
 * missing member is not `undefined`, which a program would notice elsewhere.
 *
 * @param instead - What to use instead of members that boto3 has, by their names in camelCase.
 */
export function strict(Class: { readonly prototype: object }, instead: Readonly<Record<string, string>> = {}): void {
	// It has the members of any object, and no others.
	const knownOnly: object = new Proxy(Object.prototype, {
		get(target, member, receiver) {
			if (member in target || isProbed(member)) return Reflect.get(target, member, receiver);
			throw missingMember(nameOf(receiver), String(member), instead, membersOf(receiver, knownOnly));
		},
	});
	Object.setPrototypeOf(Class.prototype, knownOnly);
}

/**
 * Makes the members of Python's spelling an error that names the one to use, and leaves others as they are: for subclasses of
 * classes that others look into.
 */
export function rejectPythonNames(Class: { readonly prototype: object }): void {
	const parent: object = Object.getPrototypeOf(Class.prototype);
	const checked = new Proxy(Object.create(parent), {
		get(target, member, receiver) {
			if (typeof member === "symbol" || member in target || !/^[a-z]\w*_\w+$/.test(member)) {
				return Reflect.get(target, member, receiver);
			}
			const right = memberNamed(receiver, member);
			throw missingMember(nameOf(receiver), member, right === undefined ? {} : { [camel(member)]: `"${right}"` });
		},
		// A loop over the members of an object ends at a proxy in V8.
		ownKeys() {
			const names: string[] = [];
			for (const name in parent) names.push(name);
			return names;
		},
	});
	Object.setPrototypeOf(Class.prototype, checked);
}

/** Whether JavaScript, or a test framework, looks for this member on any object. */
export function isProbed(member: string | symbol): boolean {
	return typeof member === "symbol" || PROBED.has(member) || !/^[A-Za-z]/.test(member);
}

/**
 * The error of a member that does not exist.
 *
 * @param instead - What to use instead, by names in camelCase.
 * @param members - The members that exist, if all are known.
 */
export function missingMember(
	owner: string,
	member: string,
	instead: Readonly<Record<string, string>>,
	members: readonly string[] = [],
): TypeError {
	const missing = `${owner} has no member "${member}".`;
	const right = camel(member);
	if (members.includes(right)) return new TypeError(`${missing} Use "${right}".`);
	if (Object.hasOwn(instead, right)) return new TypeError(`${missing} Use ${instead[right]}.`);
	const known =
		members.length === 0 ? "" : ` It has: ${members.join(", ")}. For everything else, call the service's client.`;
	return new TypeError(missing + known);
}

function nameOf(owner: object): string {
	// esbuild renames a class that a static block of its own mentions.
	return owner.constructor.name.replace(/^_/, "");
}

function membersOf(owner: object, end: object): string[] {
	const members = new Set(Object.keys(owner));
	for (let of = Object.getPrototypeOf(owner); of !== end; of = Object.getPrototypeOf(of)) {
		for (const member of Object.getOwnPropertyNames(of)) if (member !== "constructor") members.add(member);
	}
	return [...members].sort();
}
