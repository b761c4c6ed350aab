/**
 * An Apollo client that is signed in by a session.
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
import type { EchoStreamSession } from "./sessions/session.ts";

/** Options of {@link apolloClient}: those of an `ApolloClient`, except for what the session determines. */
export interface ApolloClientOptions extends Partial<Omit<ApolloClient.Options, "cache" | "link">> {
	/** Configuration of the client's cache. Each client has its own cache, which never contains secrets. */
	readonly cache?: InMemoryCacheConfig;
	/** A link, or a chain of links, before the session's, for example for retries or logging. */
	readonly link?: ApolloLink;
}

/**
 * Creates an Apollo client that is signed in by a session.
 *
 * - The access token is renewed before the request if necessary. A rejected one is renewed once, and the request is sent
 *   once more. Nothing in the caller's context replaces the token or the endpoint.
 * - Failures reject: with the errors of this package if there is no valid response, and with Apollo's own
 *   `CombinedGraphQLErrors` if the response contains errors.
 * - `$tenant` and `$app` default to the session's in a document that declares them.
 * - Secrets in a response are never written to the cache.
 * - Requests use the session's request handler and its deadlines, and end when it is destroyed.
 *   `context.fetchOptions.signal` aborts a request.
 * - `queryDeduplication` is off by default. With it, a caller that aborts a query aborts it for all callers of the same query.
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
export function apolloClient(
	// Sessions of ES modules and of CommonJS differ in their private members only.
	session: Pick<EchoStreamSession, "appsyncEndpoint" | "cognito" | "credentials" | "query" | "tenant">,
	options: ApolloClientOptions = {},
): ApolloClient {
	const { cache, link, ...rest } = options;
	const signedIn = ApolloLink.from([
		new SignedInLink(session as EchoStreamSession),
		// appsyncFetch checks the responses, so that no error of Apollo contains a body.
		new HttpLink({
			uri: session.appsyncEndpoint,
			fetch: (_url, init = {}) => (session as EchoStreamSession).appsyncFetch(init),
			includeExtensions: false,
		}),
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
		mutate: withUncachedSecrets(mutate),
		query: withUncachedSecrets(query),
		watchQuery: withUncachedSecrets(watchQuery),
	});
}

/** Fields of EchoStream's API with secrets: keys, passwords and presigned URLs. They are never cached. */
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

/** Options that bypass the cache, for a document that reads secrets. */
function uncached(options: { readonly query?: DocumentNode; readonly mutation?: DocumentNode }): object {
	const document = options.query ?? options.mutation;
	return document !== undefined && readsSecrets(document) ? { ...options, fetchPolicy: "no-cache" } : options;
}

/** `send`, a method of a client, with {@link uncached} options. */
function withUncachedSecrets<Send extends (...args: never[]) => unknown>(send: Send): Send {
	return new Proxy(send, { apply: (target, client, [options]) => Reflect.apply(target, client, [uncached(options)]) });
}

/** A cache without secrets, also for callers that reach it in another way, such as a hook that changes a fetch policy. */
class SecretlessCache extends InMemoryCache {
	override write(...[options]: Parameters<InMemoryCache["write"]>): ReturnType<InMemoryCache["write"]> {
		return readsSecrets(options.query) ? undefined : super.write(options);
	}
}

/** Passes the session's token to the auth link. */
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
			// The HTTP link leaves out those that the document does not declare.
			operation.variables = { ...this.#settings, ...operation.variables };
			const send = (token: string, signal: AbortSignal) => this.#exchange(operation, forward, token, signal);
			this.#session
				.withAccessToken(send, { signal: stop }, () => operation.operationName)
				.then(
					(result) => {
						observer.next(readsSecrets(operation.query) && result.errors ? { ...result, data: null } : result);
						observer.complete();
					},
					(error) => observer.error(error),
				);
			return () => unsubscribed.abort();
		});
	}

	/** Sends one request. The auth link gets a token that is available, because it never ends if a token fails. */
	#exchange(
		operation: ApolloLink.Operation,
		forward: ApolloLink.ForwardFunction,
		token: string,
		signal: AbortSignal,
	): Promise<ApolloLink.Result> {
		const url = this.#session.appsyncEndpoint;
		const auth = { type: AUTH_TYPE.AMAZON_COGNITO_USER_POOLS, jwtToken: token } as const;
		// The types of the package are CommonJS and differ from those of Apollo's ES modules, but the classes are the same.
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

	/** Adds the session's user agent to the one that the auth link has set. */
	#named(headers: Readonly<Record<string, string>>): Record<string, string> {
		const others = headers["x-amz-user-agent"];
		return { ...headers, "x-amz-user-agent": [others, this.#session.userAgent()].join(" ") };
	}
}

/** The caller's headers, without a token. */
function withoutAuthorization(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}
