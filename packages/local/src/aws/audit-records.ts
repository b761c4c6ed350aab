import { gunzipSync } from "node:zlib";
import type { Records } from "../data/records.ts";
import { jsonResponse, type TenantRequest, type TenantResponse } from "../http/exchange.ts";
import { isRecord, parseObject } from "../json.ts";
import type { TenantUser } from "../network/networks.ts";
import { AwsException } from "./aws-exception.ts";
import { decodeUri } from "./decode-uri.ts";

/** What a node has recorded about a message that it sent or received. */
export interface AuditRecord {
	/** Name of the app. */
	readonly app: string;
	/** Name of the node. */
	readonly node: string;
	/** Name of the message type. */
	readonly messageType: string;
	/** The record as it was sent: `datetime`, `trackingId`, `previousTrackingIds`, `sourceNode` and `attributes`. */
	readonly record: Readonly<Record<string, unknown>>;
}

/** What audit records are checked against, and kept in. */
export interface AuditContext {
	readonly records: Records;
	/** Whether a node is of an app. */
	isNodeOf(node: string, app: string): boolean;
}

const MAX_KEPT = 10_000;
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** The tenant's audit records: the last 10,000. */
export class AuditRecords {
	/** By a number that grows. */
	readonly #kept: Map<string, AuditRecord>;
	readonly #context: AuditContext;
	#last: number;

	constructor(context: AuditContext) {
		this.#context = context;
		this.#kept = context.records.map("audit-records");
		this.#last = Number([...this.#kept.keys()].pop() ?? 0);
	}

	/** All records, the oldest first. */
	all(): readonly AuditRecord[] {
		return [...this.#kept.values()];
	}

	/**
	 * Accepts the records of a node, which its app sends to `<auditRecordsEndpoint>/<node>`, also compressed.
	 *
	 * @throws AwsException where they are of another app or malformed. None of them is kept then.
	 */
	accept({ body, headers, path }: TenantRequest, user: TenantUser): TenantResponse {
		const [app = "", node = ""] = path.split("/").slice(2).map(decodeUri);
		if (user.kind !== "app" || user.app !== app || !this.#context.isNodeOf(node, app)) {
			throw new AwsException(
				"accessDenied",
				`${user.username} may not create audit records of ${app} and its node ${node}`,
			);
		}
		const { auditRecords, messageType } = parseObject(unzipped(body, headers["content-encoding"])) ?? {};
		const isWhole = typeof messageType === "string" && Array.isArray(auditRecords) && auditRecords.every(isWholeRecord);
		if (!isWhole) {
			throw new AwsException(
				"invalidPayload",
				"The body must be an object with messageType, and auditRecords that have a datetime and a trackingId",
			);
		}
		for (const record of auditRecords as readonly Record<string, unknown>[]) {
			this.#kept.set(String(++this.#last), { app, node, messageType, record });
			this.#kept.delete(String(this.#last - MAX_KEPT));
		}
		return jsonResponse(200, null);
	}
}

function isWholeRecord(record: unknown): boolean {
	return isRecord(record) && typeof record.datetime === "string" && typeof record.trackingId === "string";
}

function unzipped(body: Buffer, encoding: string | undefined): Buffer {
	if (encoding !== "gzip") return body;
	try {
		return gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES });
	} catch {
		throw new AwsException("invalidPayload", "The body is not valid gzip, or larger than 6 MB");
	}
}
