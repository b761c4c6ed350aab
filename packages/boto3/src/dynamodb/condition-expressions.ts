import { DynamoDBNeedsConditionError, DynamoDBNeedsKeyConditionError } from "../errors/exceptions.ts";
import { AttributeSize, Condition, Group, ItemAttribute, KeyAttribute } from "./conditions.ts";

/** The parameters that take a condition, in the order in which boto3 numbers their placeholders. */
const EXPRESSIONS = ["ConditionExpression", "FilterExpression", "KeyConditionExpression"] as const;

/** The names of the parameters that take a condition. */
type ConditionParameter = (typeof EXPRESSIONS)[number];

/** Input of an operation, which takes conditions instead of expressions too. */
export type WithConditions<Input> = {
	[Name in keyof Input]: Name extends "ConditionExpression" | "FilterExpression" | "KeyConditionExpression"
		? Input[Name] | Condition
		: Input[Name];
};

/** Parameters with expressions, their names and their values. */
interface Expressions {
	readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
	readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Replaces the conditions of these parameters by expressions, equal to those of boto3.
 *
 * @returns New parameters. Those without a condition are returned unchanged.
 */
export function withExpressions<Input extends object>(parameters: Input): Input {
	const conditions = EXPRESSIONS.map((name) => [name, Reflect.get(parameters, name) as unknown] as const).filter(
		([, value]) => value !== undefined && typeof value !== "string",
	);
	if (conditions.length === 0) return parameters;
	const { ExpressionAttributeNames, ExpressionAttributeValues } = parameters as Expressions;
	const names = { ...ExpressionAttributeNames };
	const values = { ...ExpressionAttributeValues };
	const placeholders = new Placeholders(names, values);
	const expressions = conditions.map(([name, condition]) => [name, placeholders.expression(name, condition)]);
	return {
		...parameters,
		...Object.fromEntries(expressions),
		...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
		...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
	};
}

/** Numbers the placeholders: `#n0`, `:v0`. Those of the caller stay. */
class Placeholders {
	readonly #names: Record<string, string>;
	readonly #values: Record<string, unknown>;
	readonly #next = { n: 0, v: 0 };

	constructor(names: Record<string, string>, values: Record<string, unknown>) {
		this.#names = names;
		this.#values = values;
	}

	expression(parameter: ConditionParameter, condition: unknown): string {
		if (condition instanceof Condition) return this.#condition(condition, parameter === "KeyConditionExpression");
		throw new DynamoDBNeedsConditionError(
			`${parameter} must be a string or a condition, such as Attr("name").eq("value"), not of type ${typeof condition}.`,
		);
	}

	#condition({ format, operands }: Condition, isKey: boolean): string {
		const texts = operands.map((operand) => this.#operand(operand, isKey));
		return format.replace(/\{(\d)\}/g, (_, index: string) => String(texts[Number(index)]));
	}

	#operand(operand: unknown, isKey: boolean): string {
		if (operand instanceof Condition) return this.#condition(operand, isKey);
		if (operand instanceof AttributeSize) return `size(${this.#operand(operand.attribute, isKey)})`;
		if (operand instanceof ItemAttribute && isKey) {
			throw new DynamoDBNeedsKeyConditionError(
				`KeyConditionExpression needs a Key: write Key("${operand.name}") instead of Attr("${operand.name}").`,
			);
		}
		if (operand instanceof KeyAttribute || operand instanceof ItemAttribute) return this.#name(operand.name);
		if (operand instanceof Group) return `(${operand.values.map((value) => this.#value(value)).join(", ")})`;
		return this.#value(operand);
	}

	/** A placeholder for each part of a path: `#n0.#n1[0]`. */
	#name(path: string): string {
		return path.replace(/[^.[\]]+(?![^[]*\])/g, (part) => {
			const placeholder = this.#placeholder("#n", this.#names);
			this.#names[placeholder] = part;
			return placeholder;
		});
	}

	#value(value: unknown): string {
		const placeholder = this.#placeholder(":v", this.#values);
		this.#values[placeholder] = value;
		return placeholder;
	}

	#placeholder(kind: "#n" | ":v", used: object): string {
		const letter = kind === "#n" ? "n" : "v";
		for (;;) {
			const placeholder = `${kind}${this.#next[letter]++}`;
			if (!Object.hasOwn(used, placeholder)) return placeholder;
		}
	}
}
