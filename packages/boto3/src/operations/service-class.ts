import { camel, memberNamed } from "../method-names.ts";

/** An aggregated client of the AWS SDK v3, such as that of `DynamoDB`: one method for each operation. */
export interface AggregatedClient {
	/** Resolved configuration of the client. */
	readonly config: object;
	/** Steps of each call. */
	readonly middlewareStack: object;
	/** Closes the client. */
	destroy(): void;
}

/** The class of an aggregated client: `DynamoDB`, `SQS`, `S3`. */
export type ServiceClass = new (config: never) => AggregatedClient;

/** The names of the operations of a client: `getItem`. */
export type OperationOf<C> = {
	[Name in keyof C & string]: Name extends `paginate${string}` | `waitUntil${string}` | "send" | "destroy"
		? never
		: InputOf<C[Name]> extends never
			? never
			: Name;
}[keyof C & string];

/** The input of an operation. */
export type InputOf<Method> = Method extends (args: infer Input extends object, ...rest: never) => unknown
	? Input
	: never;

/** The output of an operation. A method of the AWS SDK has two more signatures, with a callback. */
export type OutputOf<Method> = Method extends {
	(...args: never): Promise<infer Output extends object>;
	(...args: never): void;
	(...args: never): void;
}
	? Output
	: Method extends (...args: never) => Promise<infer Output extends object>
		? Output
		: never;

/** A method of a client, by the name that Python or JavaScript has for it. */
export function operation(client: object, name: string): ((args: object) => Promise<object>) | undefined {
	const method: unknown = Reflect.get(client, memberNamed(client, name) ?? camel(name));
	return typeof method === "function" ? (args) => method.call(client, args) : undefined;
}

/** The command that a method of an aggregated client sends. */
export async function commandOf(client: object, name: string, args: object): Promise<object> {
	const method = Reflect.get(client, memberNamed(client, name) ?? name) as (
		this: object,
		args: object,
	) => Promise<object>;
	return method.call({ send: (command: object) => command }, args);
}
