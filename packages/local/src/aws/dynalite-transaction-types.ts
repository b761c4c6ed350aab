import type { Types } from "./dynalite-engine.ts";

// The inputs of transactions, in the words in which dynalite describes those of its own operations.

const TABLE_NAME = {
	type: "String",
	notNull: true,
	regex: "[a-zA-Z0-9_.-]+",
	lengthGreaterThanOrEqual: 3,
	lengthLessThanOrEqual: 255,
};
const ITEM = { type: "Map<AttributeValue>", notNull: true, children: "AttrStruct<ValueStruct>" };
const NAMES = { type: "Map<java.lang.String>", children: "String" };
const CONDITION = {
	ConditionExpression: { type: "String" },
	ExpressionAttributeNames: NAMES,
	ExpressionAttributeValues: { type: "Map<AttributeValue>", children: "AttrStruct<ValueStruct>" },
	ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
};
const REQUIRED_STRING = { type: "String", notNull: true };
const CAPACITY = { type: "String", enum: ["INDEXES", "TOTAL", "NONE"] };

/** The input of TransactWriteItems. */
export const TRANSACT_WRITE_TYPES: Types = {
	ReturnConsumedCapacity: CAPACITY,
	ReturnItemCollectionMetrics: { type: "String", enum: ["SIZE", "NONE"] },
	ClientRequestToken: { type: "String", lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
	TransactItems: itemsOf("TransactWriteItem", {
		ConditionCheck: { TableName: TABLE_NAME, Key: ITEM, ...CONDITION, ConditionExpression: REQUIRED_STRING },
		Put: { TableName: TABLE_NAME, Item: ITEM, ...CONDITION },
		Delete: { TableName: TABLE_NAME, Key: ITEM, ...CONDITION },
		Update: { TableName: TABLE_NAME, Key: ITEM, UpdateExpression: REQUIRED_STRING, ...CONDITION },
	}),
};

/** The input of TransactGetItems. */
export const TRANSACT_GET_TYPES: Types = {
	ReturnConsumedCapacity: CAPACITY,
	TransactItems: itemsOf(
		"TransactGetItem",
		{
			Get: {
				TableName: TABLE_NAME,
				Key: ITEM,
				ProjectionExpression: { type: "String" },
				ExpressionAttributeNames: NAMES,
			},
		},
		{ notNull: true },
	),
};

/** A list of up to 100 objects with one action each. */
function itemsOf(name: string, actions: Readonly<Record<string, Types>>, constraint: Types = {}): Types {
	const described = Object.entries(actions).map(([action, children]) => [
		action,
		{ type: `FieldStruct<${action}>`, ...constraint, children },
	]);
	return {
		type: "List",
		notNull: true,
		lengthGreaterThanOrEqual: 1,
		lengthLessThanOrEqual: 100,
		children: { type: `ValueStruct<${name}>`, children: Object.fromEntries(described) },
	};
}
