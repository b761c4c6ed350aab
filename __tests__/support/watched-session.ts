import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { LocalTenant, ManualClock } from "echostream-local";
import {
	AppSession,
	type AppSessionOptions,
	Cognito,
	type CognitoOptions,
	type HttpHandler,
	type SessionEvent,
} from "../../src/index.ts";
import type { HttpRequest } from "../../src/platform/http-handler.ts";
import { optionsOf } from "./signed-in.ts";

/** A port of this machine where nobody listens. */
const CLOSED_PORT = 1;

/** The operation of a request, as the request log names it. */
export function operationOf({ headers, body, method, path }: HttpRequest): string {
	const target = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-amz-target")?.[1];
	if (target !== undefined) return target.split(".")[1] ?? target;
	return /\bquery (\w+)/.exec(String(body))?.[1] ?? `${method} ${path}`;
}

/** Sends requests, records their operations, and sends those for `refused` to a closed port. */
export class WatchedHandler implements HttpHandler {
	sent: string[] = [];
	/** How many requests are under way. */
	inFlight = 0;
	/** Called whenever none is under way any more. */
	onIdle = () => {};
	refused: string | undefined;
	readonly #inner: HttpHandler;

	constructor(inner: HttpHandler) {
		this.#inner = inner;
	}

	async handle(request: HttpRequest, options?: Parameters<HttpHandler["handle"]>[1]) {
		const operation = operationOf(request);
		this.sent.push(operation);
		const target = operation === this.refused ? Object.assign(request.clone(), { port: CLOSED_PORT }) : request;
		this.inFlight++;
		try {
			return await this.#inner.handle(target, options);
		} finally {
			if (--this.inFlight === 0) this.onIdle();
		}
	}
}

/** A session in the tenant, by the tenant's clock, that can be watched. */
export class WatchedSession {
	readonly handler: WatchedHandler;
	readonly events: SessionEvent[] = [];
	readonly cognito: Cognito;
	readonly session: AppSession;
	readonly #tenant: LocalTenant;
	readonly #maxAttempts: number;
	#dynamodb: DynamoDBClient | undefined;

	constructor(
		tenant: LocalTenant,
		clock: ManualClock,
		inner: HttpHandler,
		user: Partial<CognitoOptions> = {},
		options: AppSessionOptions = {},
	) {
		const { clientId, userPoolId, username, password, ...rest } = optionsOf(tenant, { app: "external-app" });
		this.#tenant = tenant;
		this.handler = new WatchedHandler(inner);
		const shared = {
			clock,
			maxAttempts: 1,
			requestHandler: this.handler,
			onEvent: (event: SessionEvent) => this.events.push(event),
		};
		const login = { clientId: String(clientId), userPoolId: String(userPoolId), username: String(username) };
		this.cognito = new Cognito({ ...login, password: String(password), ...shared, ...user });
		this.session = new AppSession({ ...rest, ...shared, random: () => 0.5, cognito: this.cognito, ...options });
		this.#maxAttempts = options.maxAttempts ?? 1;
	}

	get dynamodb(): DynamoDBClient {
		const options = { region: "us-east-1", maxAttempts: this.#maxAttempts };
		this.#dynamodb ??= this.session.client(DynamoDBClient, options);
		return this.#dynamodb;
	}

	/** The key that the session gives now. */
	async key(): Promise<string> {
		return (await this.session.credentials()).accessKeyId;
	}

	/** A call of a service, and the key it was signed with in the end. */
	async read(abortSignal?: AbortSignal): Promise<string> {
		const Key = { pk: { S: "1" }, sk: { S: "1" } };
		await this.dynamodb.send(
			new GetItemCommand({ TableName: this.#tenant.table, Key }),
			abortSignal === undefined ? {} : { abortSignal },
		);
		return this.key();
	}

	destroy(): void {
		this.session.destroy();
		this.cognito.destroy();
	}
}

/** The platform's own connections, for the sessions of one test file. */
export function sharedConnections(): { handler: HttpHandler; close(): void } {
	const handler = new NodeHttpHandler();
	return { handler, close: () => handler.destroy() };
}

/** Lets real input and output go on until `isOver`. */
export async function until(isOver: () => boolean): Promise<void> {
	for (const end = performance.now() + 20_000; !isOver(); ) {
		if (performance.now() > end) throw new Error("It never happened");
		await new Promise((resolve) => setImmediate(resolve));
	}
}
