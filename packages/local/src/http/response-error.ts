import { isRecord, parseObject } from "../json.ts";
import type { TenantResponse } from "./exchange.ts";

/** What a service rejected or denied, in its own words. */
export interface ResponseError {
	/** Name of the error, such as `NotAuthorizedException`. */
	readonly type: string;
	/** First line of its message, up to 300 characters. */
	readonly message: string;
}

const MAX_MESSAGE_LENGTH = 300;

/**
 * Reads the error of a response: of AWS's JSON and XML protocols, or the first one of a GraphQL response. Only the first line of the
 * message is kept, because S3 and SQS append the signed request, with its session token, to a wrong signature.
 */
export function responseError({ body, headers, status }: TenantResponse): ResponseError | undefined {
	const text = Buffer.from(body as string);
	if (status < 400 && !text.includes('"errors":[{')) return undefined;
	const content = parseObject(text);
	if (content !== undefined) return jsonError(content, headers["x-amzn-errortype"], status);
	if (status < 400) return undefined;
	const xml = text.toString();
	const element = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1];
	return errorOf(element("Code") ?? headers["x-amzn-errortype"], element("Message"));
}

function jsonError(content: Record<string, unknown>, header: string | undefined, status: number) {
	const [first] = Array.isArray(content.errors) ? content.errors : [];
	if (isRecord(first)) return errorOf(first.errorType ?? "GraphQLError", first.message);
	if (status < 400) return undefined;
	return errorOf(content.__type ?? header, content.message ?? content.Message);
}

function errorOf(type: unknown, message: unknown): ResponseError | undefined {
	if (typeof type !== "string") return undefined;
	const name = (type.split("#").pop() ?? type).replace(/:.*/, "");
	const [line = ""] = typeof message === "string" ? message.split("\n") : [];
	return { type: name, message: line.slice(0, MAX_MESSAGE_LENGTH) };
}
