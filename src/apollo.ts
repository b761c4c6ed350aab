/**
 * An Apollo client on a session's login.
 *
 * @module echostream-botocore/apollo
 */

import {
	ApolloClient,
	ApolloLink,
	HttpLink,
	InMemoryCache,
	type InMemoryCacheConfig,
	Observable,
} from "@apollo/client";
import { AUTH_TYPE, createAuthLink } from "aws-appsync-auth-link";
import { BREAK, type DocumentNode, visit } from "graphql";
import { isEchoStreamError } from "./errors.ts";
import type { EchoStreamSession } from "./sessions/session.ts";

/** The options of {@link apolloClient}: those of an `ApolloClient`, but for what the session decides. */
export interface ApolloClientOptions extends Partial<Omit<ApolloClient.Options, "cache" | "link">> {
	/** The configuration of the client's cache. Each client has a cache of its own, which takes no secrets. */
	readonly cache?: InMemoryCacheConfig;
	/** A link, or a chain of them, to put before the session's: for retries, logging, and the like. */
	readonly link?: ApolloLink;
}

/**
 * Makes an Apollo client on a session's login.
 *
 * - The access token is got, and renewed, before the request is made; a refused one is renewed once, and the request made
 *   once more. Nothing in a caller's context replaces the token or the endpoint.
 * - Failures reject: with the errors of this package where there is no answer to be had, and with Apollo's own
 *   `CombinedGraphQLErrors` where the answer holds errors.
 * - `$tenant` and `$app` are the session's where a document declares them and the caller gives no value.
 * - What a document asks of secrets is never written to the cache.
 * - Requests go through the session's request handler, with its deadline. `context.fetchOptions.signal` ends one of them.
 * - `queryDeduplication` is off unless asked for: with it, who aborts a query aborts it for all who wait for the same.
 *
 * @example
 * ```ts
 * import { gql } from "@apollo/client";
 * import { AppSession } from "echostream-botocore";
 * import { apolloClient } from "echostream-botocore/apollo";
 *
 * const session = new AppSession();
 * const client = apolloClient(session);
 * const { data } = await client.query({
 *   query: gql`query app($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { name description } }`,
 * });
 * ```
 */
export function apolloClient(session: EchoStreamSession, options: ApolloClientOptions = {}): ApolloClient {
	const { cache, link, ...rest } = options;
	const signedIn = ApolloLink.from([
		new SignedInLink(session),
		// AppSync's answers are checked there, so that no error of Apollo's carries a body along.
		new HttpLink({ uri: session.appsyncEndpoint, fetch: session.appsyncFetch, includeExtensions: false }),
	]);
	const client = new ApolloClient({
		devtools: { enabled: false },
		queryDeduplication: false,
		...rest,
		cache: new SecretlessCache(cache),
		link: link === undefined ? signedIn : link.concat(signedIn),
	});
	const { mutate, query, watchQuery } = client;
	return Object.assign(client, {
		mutate: keepingSecrets(mutate),
		query: keepingSecrets(query),
		watchQuery: keepingSecrets(watchQuery),
	});
}

/** What may not be kept: fields of EchoStream's API that hold keys, passwords, and URLs that are keys. */
const SECRETS = new Set([
	"password",
	"presignedGet",
	"presignedPost",
	"presignedPut",
	"secret",
	"secretAccessKey",
	"sessionToken",
	"token",
]);

function readsSecrets(document: DocumentNode): boolean {
	let found = false;
	visit(document, {
		Field({ name }) {
			if (!SECRETS.has(name.value)) return undefined;
			found = true;
			return BREAK;
		},
	});
	return found;
}

/** What asks for secrets is kept away from the cache. */
function uncached(options: { readonly query?: DocumentNode; readonly mutation?: DocumentNode }): object {
	const document = options.query ?? options.mutation;
	return document !== undefined && readsSecrets(document) ? { ...options, fetchPolicy: "no-cache" } : options;
}

/** `ask`, one of a client's methods, with {@link uncached} options. */
function keepingSecrets<Ask extends (...given: never[]) => unknown>(ask: Ask): Ask {
	return new Proxy(ask, { apply: (target, client, [options]) => Reflect.apply(target, client, [uncached(options)]) });
}

/** The same for whoever reaches the cache in another way, such as a hook that changes the policy of a query. */
class SecretlessCache extends InMemoryCache {
	override write(...[options]: Parameters<InMemoryCache["write"]>): ReturnType<InMemoryCache["write"]> {
		return readsSecrets(options.query) ? undefined : super.write(options);
	}
}

/** Settles the token, then lets the auth link put it on, and renews it once when it is refused. */
class SignedInLink extends ApolloLink {
	readonly #session: EchoStreamSession;
	readonly #settings: { readonly tenant: string; readonly app?: string };

	constructor(session: EchoStreamSession) {
		super();
		this.#session = session;
		const { app, tenant } = session as { readonly tenant: string; readonly app?: string };
		this.#settings = { tenant, ...(app !== undefined && { app }) };
	}

	override request(
		operation: ApolloLink.Operation,
		forward: ApolloLink.ForwardFunction,
	): Observable<ApolloLink.Result> {
		return new Observable((observer) => {
			const unsubscribed = new AbortController();
			const { signal } = (operation.getContext().fetchOptions ?? {}) as { signal?: AbortSignal };
			const stop = signal == null ? unsubscribed.signal : AbortSignal.any([signal, unsubscribed.signal]);
			// Those that the document does not declare are left out by the HTTP link.
			operation.variables = { ...this.#settings, ...operation.variables };
			this.#answer(operation, forward, stop).then(
				(result) => {
					observer.next(readsSecrets(operation.query) && result.errors ? { ...result, data: null } : result);
					observer.complete();
				},
				(error) => observer.error(error),
			);
			return () => unsubscribed.abort();
		});
	}

	async #answer(
		operation: ApolloLink.Operation,
		forward: ApolloLink.ForwardFunction,
		signal: AbortSignal,
	): Promise<ApolloLink.Result> {
		const { cognito } = this.#session;
		const token = await cognito.getAccessToken({ signal });
		try {
			return await this.#exchange(operation, forward, token, signal);
		} catch (error) {
			if (!isEchoStreamError(error) || error.code !== "TokenRejected") throw error;
			const renewed = await cognito.getAccessToken({ rejected: token, signal });
			return await this.#exchange(operation, forward, renewed, signal);
		}
	}

	/** One request. The auth link gets a token that is there, since it never ends when one fails to come. */
	#exchange(
		operation: ApolloLink.Operation,
		forward: ApolloLink.ForwardFunction,
		token: string,
		signal: AbortSignal,
	): Promise<ApolloLink.Result> {
		const url = this.#session.appsyncEndpoint;
		const auth = { type: AUTH_TYPE.AMAZON_COGNITO_USER_POOLS, jwtToken: token } as const;
		// The package's types are CommonJS, and so do not fit those of Apollo's ES modules, though the classes do.
		const authLink = createAuthLink({ url, region: "", auth }) as unknown as ApolloLink;
		operation.setContext({ headers: withoutAuthorization(operation.getContext().headers) });
		return new Promise((resolve, reject) => {
			const send: ApolloLink.ForwardFunction = (prepared) => {
				if (signal.aborted) return new Observable<ApolloLink.Result>();
				prepared.setContext({ headers: this.#named(prepared.getContext().headers) });
				return forward(prepared);
			};
			const subscription = authLink.request(operation, send)?.subscribe({ next: resolve, error: reject });
			const abort = () => {
				subscription?.unsubscribe();
				reject(signal.reason);
			};
			if (signal.aborted) abort();
			else signal.addEventListener("abort", abort, { once: true });
		});
	}

	/** The auth link names itself only. */
	#named(headers: Readonly<Record<string, string>>): Record<string, string> {
		const others = headers["x-amz-user-agent"];
		return { ...headers, "x-amz-user-agent": [others, this.#session.userAgent()].join(" ") };
	}
}

/** What a caller wants to send along: whatever it is, not another's token. */
function withoutAuthorization(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}
