import { validateHeaderName, validateHeaderValue } from "node:http";
import { flag, InvalidValue, integer, map, object, oneOf, type Shape, text } from "../shape.ts";

const MAX_MS = 86_400_000;
const MAX_COUNT = 1_000_000_000;

/** The members of a fault that say what it does: each fault has one of them. */
const EFFECTS: Readonly<Record<string, Shape>> = {
	delayMs: integer(0, MAX_MS),
	drop: oneOf("refuse", "before", "after", "midway"),
	hang: flag,
	slowDripMs: integer(0, MAX_MS),
	status: integer(200, 599),
	corrupt: oneOf("html", "truncated", "empty", "null"),
	dateSkewMs: integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

const MEMBERS: Readonly<Record<string, Shape>> = {
	...EFFECTS,
	headers,
	body: () => {},
	service: text,
	operation: text,
	challenge: text,
	skip: integer(0, MAX_COUNT),
	times: integer(1, MAX_COUNT),
};

/** Headers that can be sent. */
function headers(value: unknown, path: string): void {
	map(text)(value, path);
	for (const [name, content] of Object.entries(value as Record<string, string>)) {
		try {
			validateHeaderName(name);
			validateHeaderValue(name, content);
		} catch {
			throw new InvalidValue(`${path}.${name} is invalid: use a name and a text that HTTP headers can have`);
		}
	}
}

/** A fault in JSON. `more` are members besides. */
export function faultShape(more: Readonly<Record<string, Shape>> = {}): Shape {
	const members = object({ ...MEMBERS, ...more });
	return (value, path) => {
		members(value, path);
		const named = Object.keys(value as object);
		const effects = named.filter((name) => Object.hasOwn(EFFECTS, name));
		const place = path === "" ? "The fault" : path;
		if (effects.length !== 1) {
			throw new InvalidValue(`${place} is invalid: use one of ${Object.keys(EFFECTS).join(", ")}`);
		}
		if (effects[0] !== "status" && (named.includes("headers") || named.includes("body"))) {
			throw new InvalidValue(`${place} is invalid: headers and body belong to status`);
		}
	};
}
