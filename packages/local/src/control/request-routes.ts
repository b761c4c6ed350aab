import type { RequestLogEntry } from "../http/request-log.ts";
import { limitOf, numberOf, type Routes } from "./route.ts";

/** The request log, page by page. */
export const REQUEST_ROUTES: Routes = {
	"GET /requests"({ tenant: { requestLog } }, { query }) {
		const rest = requestLog.since(numberOf(query, "after", 0));
		const page = rest.slice(0, limitOf(query));
		return { requests: page.map(printedEntry), next: requestLog.length - rest.length + page.length };
	},
	"DELETE /requests"({ tenant }) {
		tenant.requestLog.clear();
		return {};
	},
};

/** A request of the log as JSON. */
export function printedEntry({ at, ...entry }: RequestLogEntry) {
	return { at: new Date(at).toISOString(), ...entry };
}
