import { randomUUID } from "node:crypto";
import type { TenantResponse } from "../../http/exchange.ts";
import { escapeXml } from "../../http/service-error.ts";
import { malformedXml, type S3Error } from "./s3-error.ts";

/** An element that was read. */
export interface XmlElement {
	readonly name: string;
	readonly text: string;
	readonly children: readonly XmlElement[];
}

/** Writes an element with text. Writes nothing for `undefined`. */
export function text(name: string, value: string | number | boolean | undefined): string {
	return value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** Writes an element with elements. */
export function node(name: string, elements: readonly string[]): string {
	return `<${name}>${elements.join("")}</${name}>`;
}

/** Writes a response of S3. */
export function xmlResponse(
	name: string,
	elements: readonly string[],
	headers: Readonly<Record<string, string>> = {},
): TenantResponse {
	return {
		status: 200,
		headers: { "content-type": "application/xml", ...headers },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements.join("")}</${name}>`,
	};
}

/** Writes an error. HEAD requests get no body. */
export function xmlErrorResponse({ code, members, message, status }: S3Error, method: string): TenantResponse {
	if (method === "HEAD" || status === 304) return { status, headers: {}, body: "" };
	const requestId = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
	const all = { Code: code, Message: message, ...members, RequestId: requestId, HostId: "local-tenant" };
	const elements = Object.entries(all).map(([name, value]) => text(name, value));
	return {
		status,
		headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n${node("Error", elements)}`,
	};
}

const MAX_XML_BYTES = 2 * 1024 * 1024;
const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/gy;
const ENTITIES = new Map([
	["amp", "&"],
	["lt", "<"],
	["gt", ">"],
	["quot", '"'],
	["apos", "'"],
]);

/**
 * Reads the XML that requests to S3 have: elements and text, without document types.
 *
 * @throws S3Error `MalformedXML`, also if the root is not named `root`.
 */
export function parseXml(body: Buffer, root: string): XmlElement {
	if (body.length > MAX_XML_BYTES) throw malformedXml();
	const source = body.toString();
	const top = { name: "", text: "", children: [] as XmlElement[] };
	const open: { name: string; text: string; children: XmlElement[] }[] = [top];
	let read = 0;
	for (const [token, closing, name = "", , selfClosing, content] of source.matchAll(TOKEN)) {
		read += token.length;
		const current = open.at(-1) ?? top;
		if (content !== undefined) current.text += decodeEntities(content);
		else if (closing === "/") {
			if (open.length === 1 || current.name !== name) throw malformedXml();
			open.pop();
		} else if (name !== "") {
			const element = { name, text: "", children: [] };
			current.children.push(element);
			if (selfClosing !== "/") open.push(element);
		}
	}
	const [first, ...others] = top.children;
	const isWhole = read === source.length && open.length === 1 && top.text.trim() === "";
	if (!isWhole || first === undefined || others.length > 0 || first.name !== root) throw malformedXml();
	return first;
}

/** The text of an element's only child of a name. `undefined` if there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
	return element.children.find((child) => child.name === name)?.text;
}

function decodeEntities(content: string): string {
	return content.replace(/&(?:#(?:x([\da-f]{1,6})|(\d{1,7}))|(\w+));/gi, (entity, hex, decimal, name) => {
		if (name !== undefined) return ENTITIES.get(name) ?? entity;
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
	});
}
