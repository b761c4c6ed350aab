/**
 * A condition for DynamoDB: what `Key("pk").eq("a")` and `Attr("n").gt(1)` return. Conditions are combined with `and`, `or`
 * and `not`, which are the operators `&`, `|` and `~` of Python.
 */
export class Condition {
	/** The expression, with a number in braces for each operand. @internal */
	readonly format: string;
	/** Attributes, conditions and values. @internal */
	readonly operands: readonly unknown[];

	/** `Key` and `Attr` create it. @internal */
	constructor(format: string, ...operands: readonly unknown[]) {
		this.format = format;
		this.operands = operands;
	}

	/** Both conditions: `&` in Python. */
	and(other: Condition): Condition {
		return new Condition("({0} AND {1})", this, combinable("AND", other));
	}

	/** At least one of the conditions: `|` in Python. */
	or(other: Condition): Condition {
		return new Condition("({0} OR {1})", this, combinable("OR", other));
	}

	/** The opposite of the condition: `~` in Python. */
	not(): Condition {
		return new Condition("(NOT {0})", this);
	}

	/** Rejects the operators of Python, which would make a number of the conditions. @internal */
	[Symbol.toPrimitive](): never {
		throw new TypeError("A condition is not a number or text. Combine conditions with and(), or() and not().");
	}
}

/** The values of `isIn`: one placeholder for each. */
export class Group {
	/** The values. */
	readonly values: readonly unknown[];

	/** @internal */
	constructor(values: readonly unknown[]) {
		this.values = values;
	}
}

/** The comparisons that a key, an attribute and a size have in common. */
export abstract class Comparable {
	/** Equal to the value. */
	eq(value: unknown): Condition {
		return new Condition("{0} = {1}", this, value);
	}

	/** Less than the value. */
	lt(value: unknown): Condition {
		return new Condition("{0} < {1}", this, value);
	}

	/** Less than or equal to the value. */
	lte(value: unknown): Condition {
		return new Condition("{0} <= {1}", this, value);
	}

	/** Greater than the value. */
	gt(value: unknown): Condition {
		return new Condition("{0} > {1}", this, value);
	}

	/** Greater than or equal to the value. */
	gte(value: unknown): Condition {
		return new Condition("{0} >= {1}", this, value);
	}

	/** Begins with the value. */
	beginsWith(value: unknown): Condition {
		return new Condition("begins_with({0}, {1})", this, value);
	}

	/** Greater than or equal to the low value, and less than or equal to the high one. */
	between(low: unknown, high: unknown): Condition {
		return new Condition("{0} BETWEEN {1} AND {2}", this, low, high);
	}
}

/** A key of a table or an index: see {@link Key}. */
export class KeyAttribute extends Comparable {
	/** Name of the key. */
	readonly name: string;

	/** @internal */
	constructor(name: string) {
		super();
		this.name = name;
	}
}

/** An attribute of an item: see {@link Attr}. */
export class ItemAttribute extends Comparable {
	/** Name or path of the attribute: `a.b[0]`. */
	readonly name: string;

	/** @internal */
	constructor(name: string) {
		super();
		this.name = name;
	}

	/** Not equal to the value. */
	ne(value: unknown): Condition {
		return new Condition("{0} <> {1}", this, value);
	}

	/** Equal to one of the values. */
	isIn(values: Iterable<unknown>): Condition {
		return new Condition("{0} IN {1}", this, new Group([...values]));
	}

	/** The item has the attribute. */
	exists(): Condition {
		return new Condition("attribute_exists({0})", this);
	}

	/** The item does not have the attribute. */
	notExists(): Condition {
		return new Condition("attribute_not_exists({0})", this);
	}

	/** The string contains the value, or the set or list has it as an element. */
	contains(value: unknown): Condition {
		return new Condition("contains({0}, {1})", this, value);
	}

	/** The size of the attribute, to compare: `Attr("name").size().gt(3)`. */
	size(): AttributeSize {
		return new AttributeSize(this);
	}

	/** The attribute has this type, such as `S`, `N` or `M`. */
	attributeType(type: string): Condition {
		return new Condition("attribute_type({0}, {1})", this, type);
	}
}

/** The size of an attribute: see {@link ItemAttribute.size}. */
export class AttributeSize extends Comparable {
	/** The attribute. */
	readonly attribute: ItemAttribute;

	/** @internal */
	constructor(attribute: ItemAttribute) {
		super();
		this.attribute = attribute;
	}
}

/** A key, for a `KeyConditionExpression`: `Key("pk").eq("a").and(Key("sk").beginsWith("b"))`. */
export function Key(name: string): KeyAttribute {
	return new KeyAttribute(name);
}

/** An attribute, for a `FilterExpression` or a `ConditionExpression`: `Attr("n").gt(1)`, `Attr("pk").notExists()`. */
export function Attr(name: string): ItemAttribute {
	return new ItemAttribute(name);
}

function combinable(operator: string, other: unknown): Condition {
	if (other instanceof Condition) return other;
	throw new TypeError(
		`${operator} cannot be applied to a value of type ${typeof other}. Use a condition, such as Attr("name").eq("value").`,
	);
}
