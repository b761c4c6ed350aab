import type { TenantRequest } from "../../http/exchange.ts";
import { noSuchKey, notImplementedHeader, preconditionFailed, S3Error } from "./s3-error.ts";
import type { S3Object } from "./s3-store.ts";

type Headers = TenantRequest["headers"];

/**
 * Checks the conditions of a request that reads an object.
 *
 * @throws S3Error `PreconditionFailed`, or one of status 304 that has no body.
 */
export function checkReadConditions(object: S3Object, headers: Headers): void {
	const ifMatch = headers["if-match"];
	const ifNoneMatch = headers["if-none-match"];
	if (ifMatch !== undefined && !isMatch(ifMatch, object)) throw preconditionFailed("If-Match");
	const modifiedMs = wholeSeconds(object.modifiedMs);
	if (ifMatch === undefined && modifiedMs > dateOf(headers["if-unmodified-since"], Number.POSITIVE_INFINITY)) {
		throw preconditionFailed("If-Unmodified-Since");
	}
	if (ifNoneMatch !== undefined) {
		if (isMatch(ifNoneMatch, object)) throw notModified();
		return;
	}
	if (modifiedMs <= dateOf(headers["if-modified-since"], Number.NEGATIVE_INFINITY)) throw notModified();
}

/** Checks the conditions of the source of a copy. @throws S3Error `PreconditionFailed`. */
export function checkCopyConditions(source: S3Object, headers: Headers): void {
	const header = (name: string) => headers[`x-amz-copy-source-if-${name}`];
	const ifMatch = header("match");
	const ifNoneMatch = header("none-match");
	const modifiedMs = wholeSeconds(source.modifiedMs);
	const holds =
		(ifMatch === undefined || isMatch(ifMatch, source)) &&
		(ifMatch !== undefined || modifiedMs <= dateOf(header("unmodified-since"), Number.POSITIVE_INFINITY)) &&
		(ifNoneMatch === undefined || !isMatch(ifNoneMatch, source)) &&
		(ifNoneMatch !== undefined || modifiedMs > dateOf(header("modified-since"), Number.NEGATIVE_INFINITY));
	if (!holds) throw preconditionFailed("x-amz-copy-source-If-*");
}

/**
 * Checks the conditions of a request that writes an object in place of `existing`.
 *
 * @throws S3Error `PreconditionFailed`, `NoSuchKey` or `NotImplemented`.
 */
export function checkWriteConditions(existing: S3Object | undefined, key: string, headers: Headers): void {
	const ifMatch = headers["if-match"];
	const ifNoneMatch = headers["if-none-match"];
	if (ifNoneMatch !== undefined) {
		// An object that exists has some ETag. S3 has no other condition here.
		if (ifNoneMatch !== "*" || ifMatch !== undefined) throw notImplementedHeader("If-None-Match");
		if (existing !== undefined) throw preconditionFailed("If-None-Match");
	}
	if (ifMatch !== undefined) {
		if (existing === undefined) throw noSuchKey(key);
		if (!isMatch(ifMatch, existing)) throw preconditionFailed("If-Match");
	}
}

/** Checks the condition of a deletion. @throws S3Error `PreconditionFailed`. */
export function checkDeleteCondition(existing: S3Object | undefined, etag: string | undefined): void {
	if (etag === undefined) return;
	if (existing === undefined || !isMatch(etag, existing)) throw preconditionFailed("If-Match");
}

/** Whether one of the ETags in a header is that of the object. S3 takes them with quotes and without. */
function isMatch(header: string, { etag }: S3Object): boolean {
	return header
		.split(",")
		.some((one) => one.trim() === "*" || one.trim().replaceAll('"', "") === etag.replaceAll('"', ""));
}

/** Headers have no fractions of a second. */
function wholeSeconds(ms: number): number {
	return Math.floor(ms / 1000) * 1000;
}

/** An invalid date is no condition. */
function dateOf(header: string | undefined, otherwise: number): number {
	const ms = header === undefined ? Number.NaN : Date.parse(header);
	return Number.isNaN(ms) ? otherwise : ms;
}

function notModified(): S3Error {
	return new S3Error("NotModified", 304, "Not Modified");
}
