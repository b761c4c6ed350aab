import { randomUUID } from "node:crypto";
import { type Caller, jsonResponse, type TenantRequest, type TenantResponse } from "../http/exchange.ts";
import { isRecord, parseObject } from "../json.ts";
import type { UserPool } from "./user-pool.ts";

/** Responds as Cognito's endpoint does: with the pool's key set, or to an operation in AWS JSON 1.1. */
export async function respondAsCognito(
	pool: UserPool,
	operation: string,
	request: TenantRequest,
	caller: Caller,
): Promise<TenantResponse> {
	if (operation === "GetKeySet") {
		const isKnown = request.path.split("/")[1] === pool.id;
		return isKnown ? jsonResponse(200, pool.keySet()) : jsonResponse(404, { message: "Not found" });
	}
	if (operation === "GetOpenIdConfiguration") {
		const isKnown = request.path.split("/")[1] === pool.id;
		if (!isKnown) return jsonResponse(404, { message: "Not found" });
		return jsonResponse(200, {
			issuer: pool.issuer,
			// The issuer is an address of AWS. The keys are here.
			jwks_uri: `http://${request.headers.host}/${pool.id}/.well-known/jwks.json`,
			id_token_signing_alg_values_supported: ["RS256"],
			response_types_supported: ["code", "token"],
			scopes_supported: ["openid", "email", "phone", "profile"],
			subject_types_supported: ["public"],
			token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
		});
	}
	const input = parseObject(request.body);
	const user = userNamedIn(input);
	if (user !== undefined) caller.user = user;
	const { body, status } = await pool.respond(operation, input);
	const errorType = body.__type;
	return jsonResponse(status, body, {
		"content-type": "application/x-amz-json-1.1",
		"x-amzn-requestid": randomUUID(),
		...(typeof errorType === "string" && { "x-amzn-errortype": `${errorType}:` }),
	});
}

function userNamedIn(input: Readonly<Record<string, unknown>> = {}): string | undefined {
	const parameters = input.AuthParameters ?? input.ChallengeResponses;
	const name = isRecord(parameters) ? parameters.USERNAME : undefined;
	return typeof name === "string" ? name : undefined;
}
