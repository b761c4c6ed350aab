import type { GraphQLSchema, ValueNode } from "graphql";

type GraphQL = typeof import("graphql");

const IS_VALID: Readonly<Record<string, (value: string) => boolean>> = {
	AWSDateTime: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d(:\d\d)?)$/.test(value) && isDate(value),
	AWSEmail: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
	AWSIPAddress: (value) => /^[\da-fA-F.:]+(\/\d+)?$/.test(value),
	AWSJSON: isJson,
	AWSURL: (value) => URL.canParse(value),
};

/** Makes the scalars of a schema reject what AppSync rejects. */
export function checkScalars({ GraphQLError, isScalarType, Kind }: GraphQL, schema: GraphQLSchema): void {
	for (const [name, isValid] of Object.entries(IS_VALID)) {
		const type = schema.getType(name);
		if (!isScalarType(type)) continue;
		const check = (value: unknown): unknown => {
			if (typeof value === "string" && isValid(value)) return value;
			throw new GraphQLError(`Unable to parse ${JSON.stringify(value)} as a valid ${name}`);
		};
		type.parseValue = check;
		type.parseLiteral = (node: ValueNode) => check(node.kind === Kind.STRING ? node.value : undefined);
	}
}

function isJson(value: string): boolean {
	try {
		JSON.parse(value);
		return true;
	} catch {
		return false;
	}
}

function isDate(value: string): boolean {
	return !Number.isNaN(Date.parse(value));
}
