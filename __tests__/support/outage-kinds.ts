import type { FaultEffect } from "echostream-local";

/** One way in which a step goes wrong: what the server does, or what happens on the way. */
export interface OutageKind {
	readonly name: string;
	/** Kinds of one group share a line in `docs/failures.md`. */
	readonly group: string;
	/** What the server does to the requests of the step. Several together are one fault. */
	readonly effect?: FaultEffect;
	/** Whether a request that meets it never ends by itself. */
	readonly isEndless?: boolean;
	/** The promise of the request handler never settles. */
	readonly neverSettles?: boolean;
	/** The process stops for this long while the response arrives. */
	readonly freezeMs?: number;
	/** The computer slept for this long before: its date has advanced, and its monotonic clock has not. */
	readonly sleepMs?: number;
	/** Only the time that a response reports is wrong. */
	readonly isWrongDate?: boolean;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** Ten years of 365 days. */
const DECADE = 10 * 365 * 24 * HOUR;

const HTML = "<html><body>Please try again later</body></html>";
const html = { headers: { "content-type": "text/html" }, body: HTML };

const SKEWS: readonly (readonly [string, number])[] = [
	["an hour ahead", HOUR],
	["an hour behind", -HOUR],
	["ten years ahead", DECADE],
	["ten years behind", -DECADE],
];

/** The statuses of proxies, gateways and firewalls, with a page in HTML. */
const STATUSES = [400, 403, 404, 408, 425, 429, 500, 502, 503];

/** What happens to the requests of a step. */
export const OUTAGE_KINDS: readonly OutageKind[] = [
	{ name: "never settles", group: "The request handler never settles", isEndless: true, neverSettles: true },
	{ name: "hang", group: "The server accepts the request and never responds", effect: { hang: true }, isEndless: true },
	{
		name: "slow drip",
		group: "The response arrives byte by byte and never ends",
		effect: { slowDripMs: 1000 },
		isEndless: true,
	},
	...(["html", "empty", "truncated"] as const).map((corrupt) => ({
		name: `HTTP 200 with a body that is ${corrupt === "html" ? "HTML" : corrupt}`,
		group: "HTTP 200 with HTML, an empty body or truncated JSON",
		effect: { corrupt },
	})),
	...STATUSES.map((status) => ({
		name: `HTTP ${status} of a proxy`,
		group: `HTTP ${STATUSES.join(", ")} with an HTML page of a proxy or a firewall`,
		effect: { status, ...html },
	})),
	...SKEWS.map(([skew, dateSkewMs]) => ({
		name: `a Date ${skew}`,
		group: "A response with a `Date` that is an hour or ten years wrong",
		effect: { dateSkewMs },
		isWrongDate: true,
	})),
	...SKEWS.map(([skew, dateSkewMs]) => ({
		name: `HTTP 503 with a Date ${skew}`,
		group: "An HTTP 503 page with a `Date` that is an hour or ten years wrong",
		effect: { status: 503, ...html, dateSkewMs },
		isWrongDate: true,
	})),
	{
		name: "hang after a sleep",
		group: "The computer slept for two minutes, and the server never responds",
		effect: { hang: true },
		isEndless: true,
		sleepMs: 120 * SECOND,
	},
	{
		name: "freeze",
		group: "The process is frozen for five minutes while it waits for a response",
		freezeMs: 300 * SECOND,
	},
];
