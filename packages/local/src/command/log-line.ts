import { styleText } from "node:util";
import type { RequestLogEntry } from "../http/request-log.ts";

/**
 * A request in one line: time of the tenant, status, service, operation, user, and why it was rejected or denied.
 *
 * @param hasColors - Whether the line is for a terminal with colors.
 */
export function logLine(entry: RequestLogEntry, hasColors: boolean): string {
	const style = (format: "dim" | "green" | "red" | "yellow", text: string) =>
		hasColors ? styleText(format, text, { validateStream: false }) : text;
	const { at, error, fault, operation, service, status, user } = entry;
	const isFailure = error !== undefined || status === undefined || status >= 400;
	return [
		style("dim", `${new Date(at).toISOString().slice(0, 19)}Z`),
		style(isFailure ? "red" : "green", String(status ?? "---")),
		printable(`${service} ${operation}`.padEnd(36)),
		printable(user ?? "-"),
		...(error === undefined ? [] : [style("red", printable([error.type, error.message].filter(Boolean).join(": ")))]),
		...(fault === undefined ? [] : [style("yellow", `(fault: ${printable(fault)})`)]),
	].join("  ");
}

/** Names come from clients: none may move the cursor, or begin a line of its own. */
function printable(text: string): string {
	return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}
