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
