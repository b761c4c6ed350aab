import type { Logger } from "./events.ts";
import type { HttpHandler } from "./http-handler.ts";

/** What {@link EchoStreamSession.setDefaultClientConfig} takes: the options that every SDK v3 client has. */
export interface ClientDefaults {
	/** Added to what clients send as their user agent. Default: the session's. */
	readonly customUserAgent?: string | undefined;
	readonly defaultsMode?: "auto" | "cross-region" | "in-region" | "legacy" | "mobile" | "standard" | undefined;
	/** URL that the clients send to. */
	readonly endpoint?: string | undefined;
	/** Gets what the clients do, in words. A client that has it is not shared: each `client()` makes a new one. */
	readonly logger?: Logger | undefined;
	/** How often a request is sent at most. Default: the SDK's, 3. */
	readonly maxAttempts?: number | undefined;
	readonly region?: string | undefined;
	/** Sends the clients' requests. Default: the session's. */
	readonly requestHandler?: HttpHandler | undefined;
	readonly retryMode?: "adaptive" | "standard" | undefined;
	readonly useDualstackEndpoint?: boolean | undefined;
	readonly useFipsEndpoint?: boolean | undefined;
	readonly userAgentAppId?: string | undefined;
}
