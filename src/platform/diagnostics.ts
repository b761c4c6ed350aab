import { safeCause } from "../errors.ts";
import type { SessionEvent } from "./events.ts";

/** What every message of a diagnostics channel contains. */
export interface DiagnosticsOperation {
	/** Name of the user. `undefined` before the first sign-in of a user without a configured name. */
	readonly username: string | undefined;
	/** Name of the tenant. Absent for a sign-in or renewal, because sessions of several tenants may share a user. */
	readonly tenant?: string;
	/** Name of the app. Only for an {@link AppSession}. */
	readonly app?: string | undefined;
	/** Why the operation failed. Absent unless it failed. */
	readonly error?: Error;
}

/**
 * The messages of the tracing channels of `node:diagnostics_channel`, by the name of the channel. They contain no secret. The
 * channels of one operation publish the same object, to which the operation adds its outcome.
 */
export interface DiagnosticsMessages {
	/** A sign-in, with all its requests and the time in which functions of the program run. */
	"echostream-botocore:sign-in": DiagnosticsOperation & {
		/** Why the user signs in. */
		readonly reason: Extract<SessionEvent, { type: "signIn" }>["reason"];
	};
	/** A renewal of the tokens by the refresh token. */
	"echostream-botocore:renewal": DiagnosticsOperation & {
		/** Remaining lifetime of the new access token, milliseconds. Absent unless the renewal succeeded. */
		readonly expiresInMs?: number;
	};
	/** A query of the EchoStream API, with its access token and all its attempts. */
	"echostream-botocore:query": DiagnosticsOperation & {
		/** Name of the operation in the GraphQL document. `undefined` if it has none. */
		readonly operationName: string | undefined;
	};
	/** A refresh of the AWS credentials, with its query. */
	"echostream-botocore:refresh": DiagnosticsOperation & {
		/** Why they are refreshed. */
		readonly reason: Extract<SessionEvent, { type: "refreshFailed" }>["reason"];
		/** Remaining lifetime of the new credentials, milliseconds. Absent unless the refresh succeeded. */
		readonly expiresInMs?: number;
	};
}

/** Whom the operations of a session are about. */
export type SessionSubject = Omit<DiagnosticsOperation, "error">;

/** The channels of an operation. */
const PHASES = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

type TracingChannel = { readonly hasSubscribers?: boolean } & {
	readonly [phase in (typeof PHASES)[number]]: { readonly hasSubscribers: boolean };
} & {
	tracePromise(run: () => Promise<void>, message: object): Promise<void>;
};

interface DiagnosticsChannel {
	tracingChannel?(name: string): TracingChannel;
}

const channels = new Map<string, TracingChannel | undefined>();

/**
 * Runs an operation, and publishes its start, its end and its error to the subscribers of a channel. Without any, it only runs.
 *
 * @param outcome - What a result adds to the message. The result itself may be a secret.
 */
export function traced<Name extends keyof DiagnosticsMessages, Result>(
	name: Name,
	message: () => DiagnosticsMessages[Name],
	run: () => Promise<Result>,
	outcome?: (result: Result) => Partial<DiagnosticsMessages[Name]>,
): Promise<Result> {
	const channel = channelOf(name);
	if (channel === undefined || !isObserved(channel)) return run();
	return published(channel, message(), run, outcome);
}

async function published<Result>(
	channel: TracingChannel,
	message: object,
	run: () => Promise<Result>,
	outcome: ((result: Result) => object) | undefined,
): Promise<Result> {
	let result: Promise<Result> | undefined;
	const observe = async () => {
		try {
			// In the context of the channel, so that what it sends belongs to the operation.
			result = (async () => run())();
			const value = await result;
			Object.assign(message, outcome?.(value));
		} catch (error) {
			throw safeCause(error);
		}
	};
	await channel.tracePromise(observe, message).catch(() => {});
	return result ?? run();
}

/** Whether anybody subscribes to a channel. Bun knows that of its parts only. */
function isObserved(channel: TracingChannel): boolean {
	return channel.hasSubscribers ?? PHASES.some((phase) => channel[phase].hasSubscribers);
}

function channelOf(name: string): TracingChannel | undefined {
	if (!channels.has(name)) channels.set(name, diagnosticsChannel()?.tracingChannel?.(name));
	return channels.get(name);
}

/** The module of Node, Bun and Deno. Browsers have none. */
function diagnosticsChannel(): DiagnosticsChannel | undefined {
	const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => DiagnosticsChannel | undefined } };
	return process?.getBuiltinModule?.("node:diagnostics_channel");
}
