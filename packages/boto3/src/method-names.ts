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
