import { describe, expect, test } from "@jest/globals";
import {
	Attr,
	type Condition,
	DynamoDBNeedsConditionError,
	DynamoDBNeedsKeyConditionError,
	Key,
} from "echostream-boto3";
import { withExpressions } from "../../src/dynamodb/condition-expressions.ts";

/** The parameters with the expression of a condition. */
const rendered = (condition: Condition, parameter = "FilterExpression") => withExpressions({ [parameter]: condition });

// What boto3 1.44.8 renders for the same conditions.
test.each<[string, Condition, Record<string, string>, Record<string, unknown>]>([
	["#n0 = :v0", Attr("a").eq(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 <> :v0", Attr("a").ne(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 < :v0", Attr("a").lt(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 <= :v0", Attr("a").lte(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 > :v0", Attr("a").gt(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 >= :v0", Attr("a").gte(1), { "#n0": "a" }, { ":v0": 1 }],
	["#n0 BETWEEN :v0 AND :v1", Attr("a").between(1, 2), { "#n0": "a" }, { ":v0": 1, ":v1": 2 }],
	["begins_with(#n0, :v0)", Attr("a").beginsWith("b"), { "#n0": "a" }, { ":v0": "b" }],
	["contains(#n0, :v0)", Attr("a").contains("x"), { "#n0": "a" }, { ":v0": "x" }],
	["attribute_exists(#n0)", Attr("a").exists(), { "#n0": "a" }, {}],
	["attribute_not_exists(#n0)", Attr("a").notExists(), { "#n0": "a" }, {}],
	["attribute_type(#n0, :v0)", Attr("a").attributeType("S"), { "#n0": "a" }, { ":v0": "S" }],
	["size(#n0) > :v0", Attr("a").size().gt(3), { "#n0": "a" }, { ":v0": 3 }],
	["#n0 IN (:v0, :v1, :v2)", Attr("a").isIn([1, 2, 3]), { "#n0": "a" }, { ":v0": 1, ":v1": 2, ":v2": 3 }],
	["#n0 = #n1", Attr("a").eq(Attr("b")), { "#n0": "a", "#n1": "b" }, {}],
	["#n0.#n1[0].#n2 = :v0", Attr("a.b[0].c-d").eq(1), { "#n0": "a", "#n1": "b", "#n2": "c-d" }, { ":v0": 1 }],
	["#n0[b.c] = :v0", Attr("a[b.c]").eq(1), { "#n0": "a" }, { ":v0": 1 }],
	[
		"((NOT (#n0 = :v0 OR #n1 = :v1)) AND attribute_exists(#n2))",
		Attr("a").eq(1).or(Attr("b").eq(2)).not().and(Attr("c").exists()),
		{ "#n0": "a", "#n1": "b", "#n2": "c" },
		{ ":v0": 1, ":v1": 2 },
	],
	[
		"((#n0 = :v0 OR #n1 = :v1) OR #n2 = :v2)",
		Attr("a").eq(1).or(Attr("b").eq(2)).or(Attr("c").eq(3)),
		{ "#n0": "a", "#n1": "b", "#n2": "c" },
		{ ":v0": 1, ":v1": 2, ":v2": 3 },
	],
])("a condition is rendered as by boto3: %s", (expression, condition, names, values) => {
	expect(rendered(condition)).toEqual({
		FilterExpression: expression,
		ExpressionAttributeNames: names,
		...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
	});
});

describe("parameters with conditions", () => {
	test("the placeholders of a filter and a key condition are numbered as by boto3, beside those of the caller", () => {
		const params = Object.freeze({
			KeyConditionExpression: Key("pk").eq("pp").and(Key("sk").beginsWith("s")),
			FilterExpression: Attr("n").gt(1),
			ProjectionExpression: "#x",
			ExpressionAttributeNames: Object.freeze({ "#x": "n" }),
		});
		expect(withExpressions(params)).toEqual({
			KeyConditionExpression: "(#n1 = :v1 AND begins_with(#n2, :v2))",
			FilterExpression: "#n0 > :v0",
			ProjectionExpression: "#x",
			ExpressionAttributeNames: { "#x": "n", "#n0": "n", "#n1": "pk", "#n2": "sk" },
			ExpressionAttributeValues: { ":v0": 1, ":v1": "pp", ":v2": "s" },
		});
	});

	test("a placeholder of the caller is not replaced, as boto3 would", () => {
		const params = { FilterExpression: Attr("a").eq(1), ExpressionAttributeNames: { "#n0": "mine" } };
		expect(withExpressions(params)).toMatchObject({
			FilterExpression: "#n1 = :v0",
			ExpressionAttributeNames: { "#n0": "mine", "#n1": "a" },
		});
	});

	test("expressions in text are not changed", () => {
		const params = { FilterExpression: "a = :a", ExpressionAttributeValues: { ":a": 1 } };
		expect(withExpressions(params)).toBe(params);
	});

	test("a key condition needs keys", () => {
		const render = () => rendered(Attr("pk").eq(1), "KeyConditionExpression");
		expect(render).toThrow(DynamoDBNeedsKeyConditionError);
		expect(render).toThrow('KeyConditionExpression needs a Key: write Key("pk") instead of Attr("pk").');
	});

	test.each([
		["&", (a: never, b: never) => a & b],
		["|", (a: never, b: never) => a | b],
		["~", (a: never) => ~a],
	])("the operator %s of Python is an error that names the methods to use", (_, combine) => {
		const condition = Attr("a").eq(1) as never;
		expect(() => combine(condition, condition)).toThrow("Combine conditions with and(), or() and not().");
	});

	test("a value that is no condition is an error", () => {
		const render = () => withExpressions({ FilterExpression: { a: 1 } });
		expect(render).toThrow(DynamoDBNeedsConditionError);
		expect(render).toThrow('FilterExpression must be a string or a condition, such as Attr("name").eq("value")');
		expect(() =>
			Attr("a")
				.eq(1)
				.and(1 as never),
		).toThrow("AND cannot be applied to a value of type number.");
	});
});
