import type { ExecutionResult, GraphQLError, GraphQLSchema } from "graphql";
import { type Caller, jsonResponse, type TenantRequest, type TenantResponse } from "../http/exchange.ts";
import { loadPeer } from "../peers.ts";
import type { TenantUser } from "../tenant-directory.ts";
import { type QueryCaller, type QueryRoot, ResolverError } from "./resolvers.ts";
import { SCHEMA } from "./schema.ts";

type GraphQL = typeof import("graphql");

/** What AppSync needs to know of the rest of the tenant. */
export interface AppSyncContext {
	readonly root: QueryRoot;
	/** Whether clients may ask for the schema. */
	readonly allowsIntrospection: boolean;
	/** Whose token this is. Throws what has a `reason`, as the user pool does. */
	userOf(token: string): Promise<TenantUser>;
}

const TOKEN_MESSAGES: Readonly<Record<string, string>> = {
	missing: "Valid authorization header not provided.",
	unparsable: "Unable to parse JWT token.",
	expired: "Token has expired.",
	revoked: "Token has been revoked.",
};

/** The AppSync endpoint: graphql-js behind a check of the token, with the errors as AppSync words them. */
export class AppSync {
	readonly #context: AppSyncContext;
	#loaded: Promise<{ readonly graphql: GraphQL; readonly schema: GraphQLSchema }> | undefined;

	constructor(context: AppSyncContext) {
		this.#context = context;
	}

	async answer(request: TenantRequest, caller: Caller): Promise<TenantResponse> {
		let user: TenantUser;
		try {
			user = await this.#context.userOf(readToken(request));
		} catch (error) {
			const { reason } = error as { reason?: unknown };
			if (typeof reason !== "string") throw error;
			return refusal(
				401,
				"UnauthorizedException",
				TOKEN_MESSAGES[reason] ?? "You are not authorized to make this call.",
			);
		}
		caller.user = user.username;
		const asked = readQuery(request);
		if (asked === undefined) return refusal(400, "MalformedHttpRequestException", "Request body is not valid JSON.");
		return jsonResponse(200, await this.#execute(asked, { user }), {
			"content-type": "application/json;charset=UTF-8",
		});
	}

	async #execute({ operationName, query, variables }: Asked, caller: QueryCaller) {
		this.#loaded ??= load();
		const { graphql, schema } = await this.#loaded;
		try {
			const document = graphql.parse(query);
			const rules = this.#context.allowsIntrospection ? [] : [graphql.NoSchemaIntrospectionCustomRule];
			const invalid = graphql.validate(schema, document, [...graphql.specifiedRules, ...rules]);
			if (invalid.length > 0) return { data: null, errors: invalid.map(validationError) };
			const result = await graphql.execute({
				schema,
				document,
				rootValue: this.#context.root,
				contextValue: caller,
				variableValues: variables,
				operationName,
			});
			return answerOf(result);
		} catch (error) {
			if (error instanceof graphql.GraphQLError) return { data: null, errors: [validationError(error)] };
			throw error;
		}
	}
}

interface Asked {
	readonly query: string;
	readonly variables: Record<string, unknown>;
	readonly operationName: string | null;
}

async function load() {
	const graphql = await loadPeer<GraphQL>("graphql");
	return { graphql, schema: graphql.buildSchema(SCHEMA) };
}

function readToken({ headers }: TenantRequest): string {
	const token = headers.authorization;
	if (token === undefined || token === "") throw Object.assign(new Error("No token"), { reason: "missing" });
	// AppSync takes the token alone; with a scheme before it, it is no token.
	if (/\s/.test(token)) throw Object.assign(new Error("Not a token"), { reason: "unparsable" });
	return token;
}

function readQuery({ body }: TenantRequest): Asked | undefined {
	try {
		const { operationName, query, variables } = JSON.parse(body.toString()) as Partial<Record<string, unknown>>;
		if (typeof query !== "string") return undefined;
		return {
			query,
			variables: typeof variables === "object" && variables !== null ? (variables as Record<string, unknown>) : {},
			operationName: typeof operationName === "string" ? operationName : null,
		};
	} catch {
		return undefined;
	}
}

function answerOf({ data, errors }: ExecutionResult) {
	if (errors === undefined) return { data };
	return { data: data ?? null, errors: errors.map(executionError) };
}

function executionError({ locations, message, originalError, path }: GraphQLError) {
	const errorType = originalError instanceof ResolverError ? originalError.errorType : null;
	return {
		path,
		data: null,
		errorType,
		errorInfo: null,
		locations: locations?.map((location) => ({ ...location, sourceName: null })) ?? null,
		message,
	};
}

function validationError({ locations, message }: GraphQLError) {
	return {
		path: null,
		locations: locations?.map((location) => ({ ...location, sourceName: null })) ?? null,
		message: `Validation error: ${message}`,
	};
}

function refusal(status: number, errorType: string, message: string): TenantResponse {
	return jsonResponse(status, { errors: [{ errorType, message }] }, { "x-amzn-errortype": errorType });
}
