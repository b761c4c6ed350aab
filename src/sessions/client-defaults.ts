import type { HttpHandler, HttpHandlerOptions } from "../platform/http-handler.ts";
import type { Logger } from "../platform/log.ts";

/**
 * Options for {@link EchoStreamSession.setDefaultClientConfig}: those that every SDK v3 client has.
 *
 * `useDualstackEndpoint` and `useFipsEndpoint` also apply to Cognito, where the session's own user signs in. All others
 * apply to the clients only. The sign-in has its own options, and must not follow the clients to another host.
 *
 * Default of each: the configuration variable if there is one, else that of the SDK.
 */
export interface ClientDefaults {
	/** Added to the user agent of the clients. Default: the session's. */
	readonly customUserAgent?: string | undefined;
	/** How clients adapt their defaults, such as timeouts. */
	readonly defaultsMode?: "auto" | "cross-region" | "in-region" | "legacy" | "mobile" | "standard" | undefined;
	/**
	 * URL that the clients send their requests to. The sign-in does not use it, because it would send a refresh token to what
	 * is often the emulator of another service. Its URL is `endpoint` of a {@link Cognito} user, or
	 * `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`.
	 */
	readonly endpoint?: string | undefined;
	/**
	 * Receives the clients' log messages, which contain the whole input and output of each call. Default: silent, also with
	 * `logger` of the session.
	 */
	readonly logger?: Logger | undefined;
	/**
	 * Maximum attempts per request of a client. Default: the variable `max_attempts`, which `maxAttempts` of the session sets.
	 * Does not apply to the sign-in and to AppSync.
	 */
	readonly maxAttempts?: number | undefined;
	/** Region of the clients. The sign-in uses the region in the user pool id. */
	readonly region?: string | undefined;
	/**
	 * Sends the clients' requests. Default: the session's. For the sign-in and AppSync as well: `requestHandler` of the session.
	 */
	readonly requestHandler?: HttpHandler | HttpHandlerOptions | undefined;
	/** How clients retry. The sign-in always backs off with full jitter. */
	readonly retryMode?: "adaptive" | "standard" | undefined;
	/** Whether to use the endpoints with IPv6. Applies to the sign-in too, from its next request on. */
	readonly useDualstackEndpoint?: boolean | undefined;
	/** Whether to use the endpoints that are validated by FIPS 140. Applies to the sign-in too, from its next request on. */
	readonly useFipsEndpoint?: boolean | undefined;
	/** Name of the application, which clients send with every request. */
	readonly userAgentAppId?: string | undefined;
}
