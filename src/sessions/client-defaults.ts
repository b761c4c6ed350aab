import type { Logger } from "../platform/events.ts";
import type { HttpHandler } from "../platform/http-handler.ts";

/**
 * What {@link EchoStreamSession.setDefaultClientConfig} takes: the options that every SDK v3 client has.
 *
 * `useDualstackEndpoint` and `useFipsEndpoint` also apply to Cognito, where the session's own user signs in. Everything
 * else is for the clients alone: the login has options of its own, and must not follow the clients to another host.
 */
export interface ClientDefaults {
	/** Added to what clients send as their user agent. Default: the session's. */
	readonly customUserAgent?: string | undefined;
	/** How clients adapt their defaults, such as timeouts. */
	readonly defaultsMode?: "auto" | "cross-region" | "in-region" | "legacy" | "mobile" | "standard" | undefined;
	/**
	 * URL that the clients send their requests to. The login does not: it would hand a refresh token to what is often the
	 * emulator of one service. Its URL is `endpoint` of a {@link Cognito} user, or `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`.
	 */
	readonly endpoint?: string | undefined;
	/** Receives the clients' log messages. A client that has it is not shared: each `client()` makes a new one. */
	readonly logger?: Logger | undefined;
	/** Maximum attempts per request of a client. Default: the SDK's, 3. For the login: `maxAttempts` of the session. */
	readonly maxAttempts?: number | undefined;
	/** Region of the clients. The login's is the one that the user pool id names. */
	readonly region?: string | undefined;
	/**
	 * Sends the clients' requests. Default: the session's. For the login and AppSync as well: `requestHandler` of the session.
	 */
	readonly requestHandler?: HttpHandler | undefined;
	/** How clients retry. The login always backs off with full jitter. */
	readonly retryMode?: "adaptive" | "standard" | undefined;
	/** Whether to use the endpoints that have IPv6 as well, also for the login, from its next request on. */
	readonly useDualstackEndpoint?: boolean | undefined;
	/** Whether to use the endpoints validated by FIPS 140, also for the login, from its next request on. */
	readonly useFipsEndpoint?: boolean | undefined;
	/** A name for the application, which clients send with every request. */
	readonly userAgentAppId?: string | undefined;
}
