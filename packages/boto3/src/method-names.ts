/** The name of a method as Python writes it: `list_objects_v2` of `listObjectsV2`. */
export type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
	? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
	: Name;

/** The name of a method as JavaScript writes it: `listObjectsV2` of `list_objects_v2`. A name without `_` stays as it is. */
export type Camel<Name extends string> = Name extends `${infer Word}_${infer Rest}`
	? `${Word}${Capitalize<Camel<Rest>>}`
	: Name;

/** {@link Camel}, of a value. */
export function camel(name: string): string {
	return name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

/** The name of an operation or a waiter: `TableExists` of `table_exists`. */
export function pascal(name: string): string {
	const words = camel(name);
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** {@link Snake}, of a value: `table_exists` of `tableExists` and of `TableExists`. */
export function snake(name: string): string {
	return name.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);
}

/**
 * The member of an object that a name of Python or of JavaScript means. The AWS SDK keeps the acronyms of a service:
 * `listSMSSandboxPhoneNumbers` is `list_sms_sandbox_phone_numbers`.
 */
export function memberNamed(owner: object, name: string): string | undefined {
	const right = camel(name);
	if (right in owner) return right;
	// The methods of the AWS SDK are enumerable.
	for (const member in owner) if (member.toLowerCase() === right.toLowerCase()) return member;
	return undefined;
}
