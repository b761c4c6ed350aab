// The names, types and arguments of EchoStream's published GraphQL schema, one field a line. Writes them for the test that compares
// the local tenant's schema: node scripts/published-schema.mjs PATH/TO/schema.graphql
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from "graphql";

/** Reads a published `schema.graphql`, with the scalars and directives beside it. */
export function readPublishedSchema(file) {
	const parts = ["directives.graphql", "scalars.graphql"].map((name) => join(dirname(file), name)).filter(existsSync);
	return buildSchema([...parts, file].map((part) => readFileSync(part, "utf8")).join("\n"));
}

/** The lines of a schema, in alphabetical order. */
export function schemaFacts(schema) {
	const lines = Object.values(schema.getTypeMap()).flatMap((type) => {
		if (type.name.startsWith("__")) return [];
		if (isEnumType(type)) return `${type.name} = ${namesOf(type.getValues()).join(" | ")}`;
		if (isUnionType(type)) return `${type.name} = ${namesOf(type.getTypes()).join(" | ")}`;
		if (isInputObjectType(type)) return fieldsOf(type).map(({ name, type: of }) => `${type.name}.${name}: ${of}`);
		if (!isObjectType(type) && !isInterfaceType(type)) return `scalar ${type.name}`;
		const parents = type.getInterfaces().map(({ name }) => `${type.name} implements ${name}`);
		return [
			...parents,
			...fieldsOf(type).map((field) => `${type.name}.${field.name}${argumentsOf(field)}: ${field.type}`),
		];
	});
	return lines.sort();
}

function fieldsOf(type) {
	return Object.values(type.getFields());
}

function namesOf(all) {
	return all.map(({ name }) => name).sort();
}

function argumentsOf({ args }) {
	if (args.length === 0) return "";
	return `(${args
		.map(({ name, type }) => `${name}: ${type}`)
		.sort()
		.join(", ")})`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
	const target = new URL("../packages/local/__tests__/appsync/published-schema.txt", import.meta.url);
	writeFileSync(target, `${schemaFacts(readPublishedSchema(argv[2])).join("\n")}\n`);
}
