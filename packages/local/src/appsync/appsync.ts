import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from "graphql";
import { type Caller, jsonResponse, type TenantRequest, type TenantResponse } from "../http/exchange.ts";
import { isWebSocket } from "../http/operation-of.ts";
import { errorResponse } from "../http/service-error.ts";
import { isRecord, parseObject } from "../json.ts";
import { GoneError } from "../network/collection.ts";
import type { TenantUser } from "../network/networks.ts";
import { type ApiContext, RequestContext, ResolverError } from "./request-context.ts";
import { resolveField } from "./resolve-field.ts";
import { checkScalars } from "./scalars.ts";
import { SCHEMA } from "./schema.ts";

type GraphQL = typeof import("graphql");

/** The parts of the tenant that AppSync needs. */
export interface AppSyncContext {
	readonly api: ApiContext;
	/** Whether clients may query the schema. */
	readonly allowsIntrospection: boolean;
	/** The user of a token. Rejects with an error that has a `reason`, as the user pool does. */
	userOf(token: string): Promise<TenantUser>;
}

const TOKEN_MESSAGES = new Map([
	["missing", "Valid authorization header not provided."],
	["unparsable", "Unable to parse JWT token."],
	["expired", "Token has expired."],
	["revoked", "Token has been revoked."],
]);

/** AppSync's largest `queryDepthLimit`. */
const MAX_DEPTH = 75;
const MAX_TOKENS = 10_000;
/** How many valid documents are kept. Programs send few, and most of a query's time is their validation. */
const MAX_DOCUMENTS = 100;

const NO_CHANNEL = "Operation not supported through the realtime channel";

/** The AppSync endpoint: graphql-js after a check of the token, with errors in AppSync's words. */
export class AppSync {
	readonly #context: AppSyncContext;

	constructor(context: AppSyncContext) {
		this.#context = context;
	}

	async respond(request: TenantRequest, caller: Caller): Promise<TenantResponse> {
		const reject = (status: number, json: string, message: string) =>
			errorResponse({ names: { json, query: json, s3: json }, message, status }, "appsync", request);
		// The schema has no subscriptions.
		if (isWebSocket(request)) return reject(400, "UnsupportedOperation", NO_CHANNEL);
		let user: TenantUser;
		try {
			user = await this.#context.userOf(readToken(request));
		} catch (error) {
			const { reason } = error as { reason?: unknown };
			if (typeof reason !== "string") throw error;
			const message = TOKEN_MESSAGES.get(reason) ?? "You are not authorized to make this call.";
			return reject(401, "UnauthorizedException", message);
		}
		caller.user = user.username;
		const query = readQuery(request);
		if (query === undefined) return reject(400, "MalformedHttpRequestException", "Request body is not valid JSON.");
		loaded ??= load().catch((error: unknown) => {
			loaded = undefined;
			throw error;
		});
		const { graphql, schema } = await loaded;
		if (!this.#documents.has(query.document) && isTooComplex(graphql, query.document)) {
			const limits = `${MAX_DEPTH} levels or ${MAX_TOKENS} tokens`;
			return reject(400, "BadRequestException", `The GraphQL document has more than ${limits}.`);
		}
		const result = await this.#execute(graphql, schema, query, new RequestContext(this.#context.api, user));
		return jsonResponse(200, result, { "content-type": "application/json;charset=UTF-8" });
	}

	get #documents(): Map<string, DocumentNode> {
		return this.#context.allowsIntrospection ? documents.withIntrospection : documents.withoutIntrospection;
	}

	async #execute(
		graphql: GraphQL,
		schema: GraphQLSchema,
		{ document: text, operationName, variables }: Query,
		contextValue: RequestContext,
	) {
		try {
			const document = this.#documents.get(text) ?? graphql.parse(text);
			if (!this.#documents.has(text)) {
				const rules = this.#context.allowsIntrospection ? [] : [graphql.NoSchemaIntrospectionCustomRule];
				const invalid = graphql.validate(schema, document, [...graphql.specifiedRules, ...rules]);
				if (invalid.length > 0) return { data: null, errors: invalid.map(validationError) };
				if (this.#documents.size === MAX_DOCUMENTS) this.#documents.clear();
				this.#documents.set(text, document);
			}
			const result = await graphql.execute({
				schema,
				document,
				rootValue: {},
				fieldResolver: resolveField,
				contextValue,
				variableValues: variables,
				operationName,
			});
			return responseOf(result);
		} catch (error) {
			if (error instanceof graphql.GraphQLError) return { data: null, errors: [validationError(error)] };
			throw error;
		}
	}
}

interface Query {
	readonly document: string;
	readonly variables: Record<string, unknown>;
	readonly operationName: string | null;
}

/** The schema, which all tenants of a process share: to build it takes longer than to sign a user in. */
let loaded: ReturnType<typeof load> | undefined;

/** Valid documents, by their text. */
const documents = {
	withIntrospection: new Map<string, DocumentNode>(),
	withoutIntrospection: new Map<string, DocumentNode>(),
};

async function load() {
	const graphql = await import("graphql");
	// The tests validate it.
	const schema = graphql.buildSchema(SCHEMA, { assumeValid: true, assumeValidSDL: true });
	checkScalars(graphql, schema);
	return { graphql, schema };
}

function readToken({ headers }: TenantRequest): string {
	const token = headers.authorization;
	if (token === undefined || token === "") throw Object.assign(new Error("No token"), { reason: "missing" });
	// AppSync accepts the token alone, without a scheme before it.
	if (/\s/.test(token)) throw Object.assign(new Error("Not a token"), { reason: "unparsable" });
	return token;
}

function readQuery({ body }: TenantRequest): Query | undefined {
	const { operationName, query, variables } = parseObject(body) ?? {};
	if (typeof query !== "string") return undefined;
	return {
		document: query,
		variables: isRecord(variables) ? variables : {},
		operationName: typeof operationName === "string" ? operationName : null,
	};
}

/** Whether a document could overflow the stack of graphql-js, which parses and validates recursively. */
function isTooComplex({ GraphQLError, Lexer, Source, TokenKind }: GraphQL, document: string): boolean {
	const lexer = new Lexer(new Source(document));
	let depth = 0;
	try {
		for (let tokens = 0; tokens < MAX_TOKENS; tokens++) {
			const { kind } = lexer.advance();
			if (kind === TokenKind.EOF) return false;
			if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L) depth++;
			if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R) depth--;
			if (depth > MAX_DEPTH) return true;
		}
	} catch (error) {
		// A syntax error, which the parser reports.
		if (error instanceof GraphQLError) return false;
		throw error;
	}
	return true;
}

function responseOf({ data, errors }: ExecutionResult) {
	if (errors === undefined) return { data };
	return { data: data ?? null, errors: errors.map(executionError) };
}

function executionError({ locations, message, originalError, path }: GraphQLError) {
	const errorType = errorTypeOf(originalError);
	return {
		path,
		data: null,
		errorType,
		errorInfo: null,
		locations: locations?.map((location) => ({ ...location, sourceName: null })) ?? null,
		message,
	};
}

function errorTypeOf(error: unknown): string | null {
	if (error instanceof GoneError) return "Lambda:Unhandled";
	return error instanceof ResolverError ? error.errorType : null;
}

function validationError({ locations, message }: GraphQLError) {
	return {
		path: null,
		locations: locations?.map((location) => ({ ...location, sourceName: null })) ?? null,
		message: `Validation error: ${message}`,
	};
}
