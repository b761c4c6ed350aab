import { ClientError } from "../errors/client-error.ts";
import { WaiterError } from "../errors/exceptions.ts";
import { pascal, type Snake, snake } from "../method-names.ts";
import { checkOptions, checkSpelling } from "../options.ts";
import { pause } from "../pause.ts";
import { strict } from "../strict.ts";

/** How long a waiter waits, as in boto3. */
export interface WaiterConfig {
	/** Seconds between two requests. Default: that of boto3, such as 20 for tables and 5 for buckets and objects. */
	readonly Delay?: number | undefined;
	/** Maximum number of requests. Default: that of boto3, such as 25 for tables and 20 for buckets and objects. */
	readonly MaxAttempts?: number | undefined;
}

/** The states that a client can wait for: `tableExists`. */
export type StateOf<C> = {
	[Name in keyof C]-?: Name extends `waitUntil${infer State}` ? Uncapitalize<State> : never;
}[keyof C];

/** The names of the waiters of a client: `table_exists` as in boto3, or `tableExists`. */
export type WaiterName<C> = StateOf<C> | Snake<StateOf<C>>;

/** The waiter of a client with this name. */
export type WaiterOf<C, Name> = {
	[Method in keyof C]-?: Method extends `waitUntil${infer State}`
		? Name extends Uncapitalize<State> | Snake<Uncapitalize<State>>
			? C[Method] extends (args: infer Input extends object, ...rest: never) => unknown
				? Waiter<Input>
				: never
			: never
		: never;
}[keyof C];

/** A method of the SDK that waits, such as `waitUntilTableExists`. */
type WaitUntil = (this: object, args: object, config: object) => Promise<unknown>;

/** Requests a description until a resource is in a state. */
export class Waiter<Input extends object> {
	static {
		strict(Waiter);
	}

	/** Name of the waiter, such as `TableExists`. */
	readonly name: string;
	readonly #client: { send(...args: readonly unknown[]): Promise<unknown> };
	readonly #waitUntil: WaitUntil;

	/** `client.getWaiter("table_exists")` creates it. @internal */
	constructor(name: string, client: object, waitUntil: WaitUntil) {
		this.name = name;
		this.#client = client as { send(...args: readonly unknown[]): Promise<unknown> };
		this.#waitUntil = waitUntil;
	}

	/**
	 * Waits.
	 *
	 * @param args - Parameters of the operation that describes the resource, and `WaiterConfig`, as in boto3.
	 * @throws {@link WaiterError} if an error or a state is final, or after `MaxAttempts` requests.
	 */
	async wait(args: Input & { readonly WaiterConfig?: WaiterConfig | undefined }): Promise<void> {
		checkSpelling("wait()", args, ["WaiterConfig"]);
		const { WaiterConfig, ...parameters } = args;
		checkOptions("WaiterConfig", WaiterConfig ?? {}, ["Delay", "MaxAttempts"]);
		const [delay, attempts] = DEFAULTS[this.name] ?? [5, 40];
		for (let attempt = 1; ; attempt++) {
			const { isDone, last } = await this.#check(parameters);
			if (isDone) return;
			if (attempt >= (WaiterConfig?.MaxAttempts ?? attempts)) {
				throw new WaiterError(this.name, `Max attempts exceeded${matched(last)}`, last);
			}
			await pause((WaiterConfig?.Delay ?? delay) * 1000);
		}
	}

	/** Sends one request, and lets the SDK judge the response: it has the rules of each waiter. */
	async #check(parameters: object): Promise<{ readonly isDone: boolean; readonly last: unknown }> {
		let last: unknown;
		const observed = Object.create(this.#client, {
			send: {
				value: async (...args: readonly unknown[]) => {
					try {
						last = await this.#client.send(...args);
						return last;
					} catch (error) {
						last = error;
						throw error;
					}
				},
			},
		});
		try {
			// Aborted from the start: the SDK then stops after the first request, and leaves the pauses to us.
			await this.#waitUntil.call(observed, parameters, ONCE);
			return { isDone: true, last };
		} catch (error) {
			if ((error as Error).name !== "AbortError") {
				const reason = last === undefined || last instanceof Error ? String((last ?? error) as Error) : "";
				const state = reason || "the resource is in a final state";
				throw new WaiterError(this.name, `Waiter encountered a terminal failure state: ${state}`, last);
			}
		}
		if (last instanceof Error && !mayAppear(last)) {
			const code = last instanceof ClientError ? last.response.Error.Code : last.name;
			const message = last instanceof ClientError ? last.response.Error.Message : last.message;
			throw new WaiterError(this.name, `An error occurred (${code}): ${message}`, last);
		}
		return { isDone: false, last };
	}
}

/** The waiter of a client. */
export function waiterOf<C extends object, Name extends WaiterName<C>>(client: C, name: Name): WaiterOf<C, Name> {
	const state = pascal(name as string);
	const waitUntil: unknown = Reflect.get(client, `waitUntil${state}`);
	if (typeof waitUntil !== "function") {
		const known = statesOf(client).join(", ");
		const waiters = known === "" ? "no waiters" : `the waiters ${known}`;
		throw new TypeError(`Waiter does not exist: ${String(name)}. This client has ${waiters}.`);
	}
	return new Waiter(state, client, waitUntil as WaitUntil) as WaiterOf<C, Name>;
}

/** The names of the waiters of a client, as in boto3. */
export function waiterNames(client: object): string[] {
	return statesOf(client).map(snake);
}

function statesOf(client: object): string[] {
	const states: string[] = [];
	// The AWS SDK adds the methods to the class, where they are enumerable.
	for (const member in client) if (member.startsWith("waitUntil")) states.push(member.slice("waitUntil".length));
	return states.sort();
}

const ONCE = { minDelay: 1, maxDelay: 1, maxWaitTime: 60, abortSignal: AbortSignal.abort() };

/** Seconds between two requests, and their maximum number, in the models of botocore. */
const DEFAULTS: Readonly<Record<string, readonly [number, number]>> = {
	BulkOperationCompleted: [20, 180],
	ContributorInsightsEnabled: [20, 30],
	ExportCompleted: [20, 60],
	ImportCompleted: [20, 60],
	KinesisStreamingDestinationActive: [20, 30],
	TableExists: [20, 25],
	TableNotExists: [20, 25],
	BucketExists: [5, 20],
	BucketNotExists: [5, 20],
	ObjectExists: [5, 20],
	ObjectNotExists: [5, 20],
	FunctionActive: [5, 60],
	FunctionActiveV2: [1, 300],
	FunctionExists: [1, 20],
	FunctionUpdated: [5, 60],
	FunctionUpdatedV2: [1, 300],
	PublishedVersionActive: [5, 312],
};

/** Whether the resource may still appear after this error. botocore's waiters fail at once after any other. */
function mayAppear(error: Error): boolean {
	return error instanceof ClientError && /^404$|NotFound|NoSuch|NonExist|DoesNotExist/.test(error.response.Error.Code);
}

/** What the last response was, in botocore's words. */
function matched(last: unknown): string {
	if (!(last instanceof ClientError)) return "";
	const { Code } = last.response.Error;
	const kind = /^\d+$/.test(Code) ? "HTTP status code" : "service error code";
	return `. Previously accepted state: Matched expected ${kind}: ${Code}`;
}
