import { isEchoStreamError, safeCause } from "../errors.ts";
import { printable } from "../printable.ts";
import { callObserver, type SessionEvent } from "./events.ts";

/** Receives log messages. `console` and the loggers of the AWS SDK work. All four methods are required. Their errors are ignored. */
export interface Logger {
	/** Receives each refresh. The session and its user pass one argument, a {@link LogLine}. */
	debug(...content: unknown[]): void;
	/** Receives each sign-in and renewal. */
	info(...content: unknown[]): void;
	/** Receives failures that do not fail a call, such as that of a refresh in the background. */
	warn(...content: unknown[]): void;
	/** Receives nothing from this package. */
	error(...content: unknown[]): void;
}

/** An error in a log line, in a form that JSON keeps. It has no stack. */
export interface LoggedError {
	/** Class of the error. */
	readonly name: string;
	/** `code` of an {@link EchoStreamError}, or of an error of Node such as `ECONNREFUSED`. */
	readonly code?: string;
	/** What failed, why, and what to do. */
	readonly message: string;
	/** The underlying error. */
	readonly cause?: LoggedError;
}

/**
 * One line of the log: the only argument of a call of a {@link Logger}, as in the AWS SDK. It contains no secret.
 *
 * Loggers that write JSON write its properties. `console` writes the message and the other properties, in one line of text. A field
 * that does not apply is absent.
 */
export interface LogLine {
	/** The line as a sentence. */
	readonly message: string;
	/** What happened: the `type` of a {@link SessionEvent}, or what is only logged. */
	readonly event:
		| SessionEvent["type"]
		/** Cognito did not register, or not remember, the device. */
		| "deviceNotRegistered"
		/** `onDevice` threw. */
		| "onDeviceFailed"
		/** The password starts or ends with white space. */
		| "passwordHasWhiteSpace"
		/** The refresh token was used before. */
		| "refreshTokenReused"
		/** The access token could not be renewed, and is used until it expires. */
		| "renewalFailed"
		/** A sign-out could not be written to the store. */
		| "signOutNotStored"
		/** An entry of the store could not be read, and is replaced. */
		| "storeEntryIgnored"
		/** A call of the store failed. */
		| "storeUnavailable";
	/** Name of the user. */
	readonly username?: string;
	/** Name of the tenant. */
	readonly tenant?: string;
	/** Name of the app. */
	readonly app?: string;
	/** `reason` of the event. */
	readonly reason?: string;
	/** Remaining lifetime of the new token or the current credentials, milliseconds. */
	readonly expiresInMs?: number;
	/** Delay before the next attempt, milliseconds. */
	readonly retryInMs?: number;
	/** What failed. */
	readonly error?: LoggedError;
}

/** Fields of a line, with the error as it was thrown. */
type LogFields = Omit<LogLine, "message" | "event" | "error" | "username" | "app"> & {
	readonly username?: string | undefined;
	readonly app?: string | undefined;
	readonly error?: unknown;
};

/** Methods of a {@link Logger}. */
export const LOG_METHODS = ["debug", "info", "warn", "error"] as const;

/** Maximum length of the message of a line. */
const MAX_LENGTH = 2000;

/** Maximum number of errors that are each other's cause. */
const MAX_CAUSES = 4;

/** Writes lines to a logger of the program, whose errors are ignored. */
export class Log {
	readonly #logger: Logger | undefined;

	constructor(logger: Logger | undefined) {
		this.#logger = logger;
	}

	debug(event: LogLine["event"], message: string, fields: LogFields): void {
		this.#write("debug", event, message, fields);
	}

	info(event: LogLine["event"], message: string, fields: LogFields): void {
		this.#write("info", event, message, fields);
	}

	warn(event: LogLine["event"], message: string, fields: LogFields): void {
		this.#write("warn", event, message, fields);
	}

	/** A logger may change its line (winston does), so that each gets a new one. An error may have getters that throw. */
	#write(method: keyof Logger, event: LogLine["event"], message: string, { error, ...fields }: LogFields): void {
		const logger = this.#logger;
		if (logger === undefined) return;
		callObserver(() => {
			const all = { ...fields, ...(error === undefined ? {} : { error: loggedError(error, MAX_CAUSES) }) };
			const known = Object.entries(all).flatMap(([name, value]) =>
				value === undefined ? [] : [[name, typeof value === "number" ? Math.round(value) : value]],
			);
			return logger[method](new Line({ message: printable(message, MAX_LENGTH), event, ...Object.fromEntries(known) }));
		});
	}
}

/** How `console` prints the fields of a line. */
type Inspect = (fields: object, options: object) => string;

class Line {
	declare readonly message: string;
	declare readonly error?: LoggedError;

	constructor(line: LogLine) {
		Object.assign(this, line);
	}

	/** The line as `console` of Node, Bun and Deno prints it. It does not repeat a message of the error that it begins with. */
	[Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: Inspect): string {
		const { message, error, ...fields } = this;
		const shown = error === undefined ? fields : { ...fields, error: unrepeated(error, message) };
		return `${message} ${inspect(shown, { ...options, breakLength: Number.POSITIVE_INFINITY, compact: true })}`;
	}

	toString(): string {
		return this.message;
	}
}

/** An error without its message, if the line has it. */
function unrepeated({ message, ...others }: LoggedError, line: string): Partial<LoggedError> {
	return line.includes(message) ? others : { ...others, message };
}

function loggedError(error: unknown, maxCauses: number): LoggedError {
	const { name, code, message } = safeCause(error) as Error & { readonly code?: unknown };
	const { cause } = (isEchoStreamError(error) || error instanceof Error ? error : {}) as Error;
	return {
		name,
		...(typeof code === "string" ? { code } : {}),
		message,
		...(cause === undefined || maxCauses === 1 ? {} : { cause: loggedError(cause, maxCauses - 1) }),
	};
}
