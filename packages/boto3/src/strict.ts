import { camel } from "./method-names.ts";

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

/** What the prototypes of strict classes inherit from: it has the members of any object, and no others. */
const KNOWN_ONLY = new Proxy(Object.prototype, {
	get(target, member, receiver) {
		if (typeof member === "symbol" || member in target || PROBED.has(member) || !/^[A-Za-z]/.test(member)) {
			return Reflect.get(target, member, receiver);
		}
		throw new TypeError(missingMember(receiver, member));
	},
});

/**
 * Makes the unknown members of a class an error that lists the known ones, as the `AttributeError` of Python: a misspelt or
 * missing member is not `undefined`, which a program would notice elsewhere.
 */
export function strict(Class: { readonly prototype: object }): void {
	Object.setPrototypeOf(Class.prototype, KNOWN_ONLY);
}

function missingMember(owner: object, member: string): string {
	// esbuild renames a class that a static block of its own mentions.
	const name = owner.constructor.name.replace(/^_/, "");
	const missing = `${name} has no member "${member}".`;
	const members = membersOf(owner);
	if (members.includes(camel(member))) return `${missing} Use "${camel(member)}".`;
	return `${missing} It has: ${members.join(", ")}. For everything else, call the service's client.`;
}

function membersOf(owner: object): string[] {
	const members = new Set(Object.keys(owner));
	for (let of = Object.getPrototypeOf(owner); of !== KNOWN_ONLY; of = Object.getPrototypeOf(of)) {
		for (const member of Object.getOwnPropertyNames(of)) if (member !== "constructor") members.add(member);
	}
	return [...members].sort();
}
