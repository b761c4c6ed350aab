import { isRecord } from "../json.ts";

const MAP = "$map";
const SET = "$set";
const INTEGER = "$integer";

/** JSON for a value that has maps, sets and big integers in it. */
export function toJson(value: unknown): unknown {
	if (typeof value === "bigint") return { [INTEGER]: value.toString(16) };
	if (value instanceof Map) return { [MAP]: toJson([...value]) };
	if (value instanceof Set) return { [SET]: toJson([...value]) };
	return mapped(value, toJson);
}

/** The value that {@link toJson} has written. */
export function fromJson(json: unknown): unknown {
	if (!isRecord(json)) return mapped(json, fromJson);
	if (typeof json[INTEGER] === "string") return BigInt(`0x${json[INTEGER]}`);
	if (Array.isArray(json[MAP])) return new Map(fromJson(json[MAP]) as [unknown, unknown][]);
	if (Array.isArray(json[SET])) return new Set(fromJson(json[SET]) as unknown[]);
	return mapped(json, fromJson);
}

function mapped(value: unknown, map: (value: unknown) => unknown): unknown {
	if (Array.isArray(value)) return value.map(map);
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member)]));
}
