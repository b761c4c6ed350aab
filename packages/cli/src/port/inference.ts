import type { SyntaxNode } from "@lezer/common";
import { rowOf, TELLING_NAMES, translatedEvent } from "./guide.ts";
import {
	annotated,
	attributeOf,
	CLIENT,
	canonical,
	ERROR_RESPONSE,
	elementOf,
	type Instance,
	isAttribute,
	isClass,
	isCondition,
	isModule,
	isOfLibrary,
	isPlain,
	itemOf,
	resultOf,
	rowOfCall,
	rowOfItem,
	type Value,
	type Values,
} from "./library.ts";
import { childrenOf, type PythonSyntax, textOfString } from "./syntax.ts";

/** One use of a Python library. */
export interface Use {
	/** Position in the text. */
	readonly at: number;
	/** The name of its row in the guide. `undefined` if there is none, or if it is not clear what is used. */
	readonly row?: string;
	/** What is used, such as `dynamodb.put_item`. */
	readonly name: string;
	/** Why it is unknown. */
	readonly reason?: string;
	/** The services that it may be of, as botocore names them. */
	readonly services?: readonly string[];
}

/** At most this many times are the values of all names inferred. Each time they flow through one more assignment. */
const PASSES = 8;
/** A name with more values than this is not followed. */
const MAX_VALUES = 12;
/** At most this many calls deep are literal arguments followed. */
const MAX_DEPTH = 3;
/** At most this many calls are followed with their literal arguments. Others are followed with those of all calls together. */
const MAX_SITES = 200;

/** Finds the uses of the libraries in a program. */
export function usesIn(program: PythonSyntax): Use[] {
	const inference = new Inference(program);
	for (let pass = 0; pass < PASSES; pass++) if (!inference.run()) break;
	return inference.uses();
}

interface Scope {
	readonly names: Map<string, Value[]>;
	readonly parent?: Scope;
	/** The definition of the class whose body this is. Its methods do not see its names. */
	readonly ofClass?: number;
	/** The definition of the function whose body this is. */
	readonly ofFunction?: number;
	/** The calls whose literal arguments these names have: a function is followed once for each of them. */
	readonly site: string;
}

interface Argument {
	readonly keyword?: string;
	readonly values: Values;
	readonly node: SyntaxNode;
}

class Inference {
	readonly #program: PythonSyntax;
	readonly #scopes = new Map<string, Scope>();
	readonly #definitions = new Map<number, SyntaxNode>();
	readonly #returned = new Map<string, Value[]>();
	/** The attributes of the program's own classes, and their base classes. */
	readonly #attributes = new Map<number, Map<string, Value[]>>();
	readonly #bases = new Map<number, Value[]>();
	/** What each handler of errors catches. */
	readonly #caught = new Map<string, Value[]>();
	readonly #properties = new Set<number>();
	readonly #sites = new Set<string>();
	readonly #found = new Map<string, Use>();
	#hasChanged = false;

	constructor(program: PythonSyntax) {
		this.#program = program;
	}

	/** Infers once. Returns whether anything new was found. */
	run(): boolean {
		this.#hasChanged = false;
		this.#found.clear();
		this.#block(this.#program.tree.topNode, this.#scope(-1, undefined));
		return this.#hasChanged;
	}

	uses(): Use[] {
		return [...this.#found.values()].sort((a, b) => a.at - b.at);
	}

	#text(node: SyntaxNode): string {
		return this.#program.text.slice(node.from, node.to);
	}

	#scope(at: number, parent: Scope | undefined, of: Partial<Omit<Scope, "names" | "parent">> = {}): Scope {
		const site = of.site ?? parent?.site ?? "";
		const known = this.#scopes.get(`${site}/${at}`);
		if (known !== undefined) return known;
		const scope = { names: new Map(), ...(parent === undefined ? {} : { parent }), ...of, site };
		this.#scopes.set(`${site}/${at}`, scope);
		return scope;
	}

	#add(to: Value[], values: Values): void {
		for (const value of values) {
			const key = JSON.stringify(value);
			if (to.length >= MAX_VALUES || key.length > 2000 || to.some((one) => JSON.stringify(one) === key)) continue;
			to.push(value);
			this.#hasChanged = true;
		}
	}

	/** Adds a use. One that is found for several services is one use of all of them. */
	#use(use: Use): void {
		const key = `${use.at} ${use.row ?? use.name}`;
		const known = this.#found.get(key);
		const services = [...new Set([...(known?.services ?? []), ...(use.services ?? [])])];
		this.#found.set(key, { ...known, ...use, ...(services.length === 0 ? {} : { services }) });
	}

	/** Adds a use of a row, or of those that the first argument of the call selects. */
	#useRow(path: string, use: Omit<Use, "row">, texts: readonly string[] = [], of: Partial<Instance> = {}): void {
		for (const text of texts.length > 0 ? texts : [undefined])
			this.#use({ ...use, ...(rowOfCall(path, of, text) ?? { row: path }) });
	}

	// Statements

	#block(node: SyntaxNode, scope: Scope): void {
		for (const child of childrenOf(node)) this.#statement(child, scope);
	}

	#statement(node: SyntaxNode, scope: Scope): void {
		switch (node.name) {
			case "ImportStatement":
				this.#import(node, scope);
				return;
			case "AssignStatement":
				this.#assign(node, scope);
				return;
			case "FunctionDefinition":
				this.#function(node, scope);
				return;
			case "ClassDefinition":
				this.#class(node, scope);
				return;
			case "DecoratedStatement": {
				const decorators = childrenOf(node).filter(({ name }) => name === "Decorator");
				const definition = node.getChild("FunctionDefinition") ?? node.getChild("ClassDefinition");
				const isProperty = decorators.some((one) => /^@\s*(functools\.)?(cached_)?property\b/.test(this.#text(one)));
				if (definition !== null && isProperty) this.#properties.add(definition.from);
				for (const decorator of decorators) this.#decorator(decorator, scope);
				if (definition !== null) this.#statement(definition, scope);
				return;
			}
			case "ForStatement":
				this.#for(node, scope);
				return;
			case "ScopeStatement":
				this.#share(node, scope);
				return;
			case "WithStatement":
				this.#with(node, scope);
				return;
			case "TryStatement":
				this.#try(node, scope);
				return;
			case "ReturnStatement":
			case "YieldStatement": {
				const values = childrenOf(node).flatMap((child) => this.#evaluate(child, scope));
				const isYield = node.name === "YieldStatement";
				this.#return(scope, isYield ? [{ kind: "sequence", element: values }] : values);
				return;
			}
			case "Body":
			case "MatchBody":
			case "MatchClause":
				this.#block(node, scope);
				return;
			default:
				for (const child of childrenOf(node)) {
					if (child.name === "Body" || child.name.endsWith("Statement") || child.name === "MatchBody")
						this.#statement(child, scope);
					else this.#evaluate(child, scope);
				}
		}
	}

	#return(scope: Scope, values: Values): void {
		let of: Scope | undefined = scope;
		while (of !== undefined && of.ofFunction === undefined) of = of.parent;
		if (of?.ofFunction === undefined) return;
		const key = `${of.site}/${of.ofFunction}`;
		const returned = this.#returned.get(key) ?? [];
		this.#returned.set(key, returned);
		this.#add(returned, values);
	}

	#decorator(node: SyntaxNode, scope: Scope): void {
		const list = node.getChild("ArgList");
		if (list !== null) this.#arguments(list, scope);
	}

	#import(node: SyntaxNode, scope: Scope): void {
		const words = childrenOf(node);
		const isFrom = words[0]?.name === "from";
		const importAt = words.findIndex(({ name }) => name === "import");
		const dotted = (nodes: SyntaxNode[]) => nodes.map((one) => this.#text(one)).join("");
		if (isFrom) {
			const module = dotted(words.slice(1, importAt));
			const names = words.slice(importAt + 1).filter(({ name }) => !["(", ")", ","].includes(name));
			for (let i = 0; i < names.length; i++) {
				const name = names[i];
				if (name === undefined) continue;
				if (name.name === "*") {
					if (isOfLibrary(module)) {
						this.#use({
							at: name.from,
							name: `from ${module} import *`,
							reason: "import the names, so that their uses can be found",
						});
					}
					continue;
				}
				const alias = names[i + 1]?.name === "as" ? names[i + 2] : undefined;
				if (alias !== undefined) i += 2;
				this.#bind(alias ?? name, [{ kind: "reference", path: canonical(`${module}.${this.#text(name)}`) }], scope);
			}
			return;
		}
		for (const part of split(words.slice(1), ",")) {
			const as = part.findIndex(({ name }) => name === "as");
			const path = dotted(as === -1 ? part : part.slice(0, as));
			const alias = as === -1 ? part[0] : part[as + 1];
			const target = as === -1 ? path.split(".")[0] : path;
			if (alias !== undefined && target) this.#bind(alias, [{ kind: "reference", path: target }], scope);
		}
	}

	#assign(node: SyntaxNode, scope: Scope): void {
		const parts = split(childrenOf(node), "AssignOp");
		const valueParts = parts.length > 1 ? (parts.at(-1) ?? []) : [];
		const values = this.#list(valueParts, scope);
		for (const target of parts.slice(0, Math.max(1, parts.length - 1))) {
			const annotation = target.find(({ name }) => name === "TypeDef");
			const declared = annotation === undefined ? [] : this.#annotation(annotation, scope);
			const targets = target.filter(({ name }) => name !== "TypeDef");
			this.#bindAll(targets, declared.length > 0 ? declared : values, scope);
		}
	}

	/** The value of `a` or of `a, b`. */
	#list(nodes: readonly SyntaxNode[], scope: Scope): Values {
		const parts = split(nodes, ",");
		const items = parts.map((part) => part.flatMap((one) => this.#evaluate(one, scope)));
		if (parts.length === 1) return items[0] ?? [];
		return [{ kind: "sequence", items, element: items.flat() }];
	}

	#bindAll(nodes: readonly SyntaxNode[], values: Values, scope: Scope): void {
		const parts = split(nodes, ",");
		if (parts.length === 1) {
			const [target] = parts[0] ?? [];
			if (target !== undefined) this.#bind(target, values, scope);
			return;
		}
		parts.forEach((part, index) => {
			const target = part.find(({ name }) => name !== "*");
			if (target !== undefined) this.#bind(target, itemAt(values, index), scope);
		});
	}

	#bind(target: SyntaxNode, values: Values, scope: Scope): void {
		switch (target.name) {
			case "VariableName": {
				const name = this.#text(target);
				const known = scope.names.get(name) ?? [];
				scope.names.set(name, known);
				this.#add(known, values);
				if (scope.ofClass !== undefined) this.#attribute(scope.ofClass, name, values);
				return;
			}
			case "TupleExpression":
			case "ArrayExpression":
			case "ParenthesizedExpression":
				this.#bindAll(
					childrenOf(target).filter(({ name }) => !["(", ")", "[", "]"].includes(name)),
					values,
					scope,
				);
				return;
			case "MemberExpression": {
				const [object, , property] = childrenOf(target);
				if (object === undefined || property?.name !== "PropertyName") {
					if (object !== undefined) for (const child of childrenOf(target)) this.#evaluate(child, scope, true);
					return;
				}
				for (const value of this.#evaluate(object, scope, true)) {
					if (value.kind === "object") this.#attribute(value.at, this.#text(property), values);
					else if (value.kind === "instance") this.#member(value, property);
				}
				return;
			}
			default:
				this.#evaluate(target, scope);
		}
	}

	#attribute(ofClass: number, name: string, values: Values): void {
		const attributes = this.#attributes.get(ofClass) ?? new Map<string, Value[]>();
		this.#attributes.set(ofClass, attributes);
		const known = attributes.get(name) ?? [];
		attributes.set(name, known);
		this.#add(known, values);
	}

	#function(node: SyntaxNode, scope: Scope): void {
		this.#definitions.set(node.from, node);
		const name = node.getChild("VariableName");
		const value: Value = { kind: "function", at: node.from };
		if (name !== null) this.#bind(name, [value], scope);
		const visible = scope.ofClass === undefined ? scope : (scope.parent ?? scope);
		const own = this.#scope(node.from, visible, { ofFunction: node.from });
		const parameters = this.#parameters(node);
		const [first] = parameters;
		if (scope.ofClass !== undefined && first !== undefined) {
			this.#bind(first.name, [{ kind: "object", at: scope.ofClass }], own);
		}
		for (const { name, type, value: initial } of parameters) {
			if (type !== undefined) this.#bind(name, this.#annotation(type, scope), own);
			if (initial !== undefined) this.#bind(name, this.#evaluate(initial, scope), own);
		}
		const returns = node.getChild("TypeDef");
		if (returns !== null) this.#return(own, this.#annotation(returns, scope));
		const body = node.getChild("Body");
		if (body !== null) this.#block(body, own);
	}

	#parameters(node: SyntaxNode): Parameter[] {
		const list = node.getChild("ParamList");
		if (list === null) return [];
		const words = childrenOf(list).filter(({ name }) => name !== "(" && name !== ")");
		return split(words, ",").flatMap((part) => {
			const name = part.find((one) => one.name === "VariableName");
			if (name === undefined) return [];
			const type = part.find((one) => one.name === "TypeDef");
			const equals = part.findIndex((one) => one.name === "AssignOp");
			const value = equals === -1 ? undefined : part[equals + 1];
			const stars = part[0]?.name === "*" ? 1 : part[0]?.name === "**" ? 2 : 0;
			return [{ name, stars, ...(type === undefined ? {} : { type }), ...(value === undefined ? {} : { value }) }];
		});
	}

	#class(node: SyntaxNode, scope: Scope): void {
		this.#definitions.set(node.from, node);
		const name = node.getChild("VariableName");
		if (name !== null) this.#bind(name, [{ kind: "class", at: node.from }], scope);
		const list = node.getChild("ArgList");
		if (list !== null) {
			const bases = this.#bases.get(node.from) ?? [];
			this.#bases.set(node.from, bases);
			this.#add(
				bases,
				this.#arguments(list, scope).flatMap(({ keyword, values }) => (keyword === undefined ? values : [])),
			);
		}
		const body = node.getChild("Body");
		if (body !== null) this.#block(body, this.#scope(node.from, scope, { ofClass: node.from }));
	}

	/** `global a` and `nonlocal a`: the name is that of an outer scope. */
	#share(node: SyntaxNode, scope: Scope): void {
		const [keyword, ...names] = childrenOf(node);
		for (const name of names.filter((one) => one.name === "VariableName").map((one) => this.#text(one))) {
			let outer = scope;
			while (outer.parent !== undefined && (keyword?.name === "global" || outer === scope || !outer.names.has(name))) {
				outer = outer.parent;
			}
			const values = outer.names.get(name) ?? [];
			outer.names.set(name, values);
			scope.names.set(name, values);
		}
	}

	#for(node: SyntaxNode, scope: Scope): void {
		const words = childrenOf(node).filter(({ name }) => name !== "async" && name !== "for");
		const inAt = words.findIndex(({ name }) => name === "in");
		const bodyAt = words.findIndex(({ name }) => name === "Body");
		const values = this.#list(words.slice(inAt + 1, bodyAt), scope);
		this.#bindAll(words.slice(0, inAt), elements(values), scope);
		for (const body of words.filter(({ name }) => name === "Body")) this.#block(body, scope);
	}

	#with(node: SyntaxNode, scope: Scope): void {
		const words = childrenOf(node).filter(({ name }) => !["async", "with", "(", ")"].includes(name));
		const body = words.find(({ name }) => name === "Body");
		for (const part of split(
			words.filter((one) => one !== body),
			",",
		)) {
			const [expression, as, target] = part;
			if (expression === undefined) continue;
			const entered = this.#evaluate(expression, scope).flatMap((value): Values => {
				if (value.kind === "sequence") return value.element;
				if (value.kind === "instance" && value.path === "gql.Client") {
					this.#use({ at: expression.from, row: "gql.Client.__enter__", name: "with gql.Client" });
				}
				return [value];
			});
			if (as?.name === "as" && target !== undefined) this.#bind(target, entered, scope);
		}
		if (body !== undefined) this.#block(body, scope);
	}

	#try(node: SyntaxNode, scope: Scope): void {
		const words = childrenOf(node);
		for (let i = 0; i < words.length; i++) {
			const word = words[i];
			if (word?.name === "Body") this.#block(word, scope);
			if (word?.name !== "except") continue;
			const kinds: SyntaxNode[] = [];
			let target: SyntaxNode | undefined;
			for (i++; i < words.length && words[i]?.name !== "Body"; i++) {
				const one = words[i];
				if (one?.name === "as") target = words[++i];
				else if (one !== undefined && one.name !== "," && one.name !== "*") kinds.push(one);
			}
			const caught = kinds.flatMap((kind) => this.#evaluate(kind, scope)).flatMap((value) => elementsOrSelf(value));
			const errors = caught.flatMap(
				(value): Values =>
					value.kind === "reference" && isOfLibrary(value.path) ? [{ kind: "instance", path: value.path }] : [],
			);
			const body = words[i];
			if (body?.name !== "Body") continue;
			if (target === undefined) this.#block(body, scope);
			else this.#handler(target, errors, body, scope);
		}
	}

	/** The body of an `except`, whose name is of its own: other handlers of the same name catch other errors. */
	#handler(target: SyntaxNode, errors: Values, body: SyntaxNode, scope: Scope): void {
		const name = this.#text(target);
		const outer = scope.names.get(name);
		const key = `${scope.site}/${target.from}`;
		const own = this.#caught.get(key) ?? [];
		this.#caught.set(key, own);
		this.#add(own, errors);
		scope.names.set(name, own);
		this.#block(body, scope);
		if (outer === undefined) scope.names.delete(name);
		else scope.names.set(name, outer);
	}

	/** The objects that an annotation such as `Session | None`, `Optional[Session]` or `"Session"` allows. */
	#annotation(node: SyntaxNode, scope: Scope): Values {
		const found: Value[] = [];
		const add = (values: Values): void => {
			for (const value of values) {
				if (value.kind === "reference") found.push(...annotated(value.path));
				if (value.kind === "class") found.push({ kind: "object", at: value.at });
			}
		};
		const visit = (one: SyntaxNode): void => {
			if (one.name === "VariableName" || one.name === "MemberExpression") {
				add(this.#evaluate(one, scope, true, true));
				if (one.name === "VariableName") return;
			}
			if (one.name === "String") {
				for (const [name] of (textOfString(this.#text(one)) ?? "").matchAll(/[A-Za-z_]\w*/g))
					add(this.#lookUp(name, scope));
			}
			for (const child of childrenOf(one)) visit(child);
		};
		visit(node);
		return found;
	}

	// Expressions

	/**
	 * @param isInner - Whether it is the object of a member expression, or otherwise not a use of its own.
	 * @param texts - The texts that its first argument may be, if it is called.
	 */
	#evaluate(node: SyntaxNode, scope: Scope, isInner = false, isSilent = false, texts?: readonly string[]): Values {
		switch (node.name) {
			case "VariableName": {
				const values = this.#lookUp(this.#text(node), scope);
				if (!isSilent)
					for (const value of values) if (value.kind === "reference") this.#referred(value.path, node, isInner, texts);
				return values;
			}
			case "MemberExpression":
				return this.#memberExpression(node, scope, isInner, isSilent);
			case "CallExpression":
				return this.#call(node, scope);
			case "String": {
				const text = textOfString(this.#text(node));
				return text === undefined ? [] : [{ kind: "text", text }];
			}
			case "AwaitExpression":
			case "ParenthesizedExpression":
				return childrenOf(node).flatMap((child) => this.#evaluate(child, scope));
			case "NamedExpression": {
				const [target, , value] = childrenOf(node);
				const values = value === undefined ? [] : this.#evaluate(value, scope);
				if (target !== undefined) this.#bind(target, values, scope);
				return values;
			}
			case "TupleExpression":
			case "ArrayExpression":
			case "SetExpression": {
				const words = childrenOf(node).slice(1, -1);
				const items = split(words, ",").map((part) => part.flatMap((one) => this.#evaluate(one, scope)));
				return [{ kind: "sequence", items, element: items.flat() }];
			}
			case "DictionaryExpression":
				return this.#dictionary(node, scope);
			case "ArrayComprehensionExpression":
			case "ComprehensionExpression":
			case "SetComprehensionExpression":
			case "DictionaryComprehensionExpression":
				return this.#comprehension(childrenOf(node), node, scope);
			case "LambdaExpression": {
				this.#definitions.set(node.from, node);
				const own = this.#scope(node.from, scope, { ofFunction: node.from });
				for (const { name, value } of this.#parameters(node)) {
					this.#bind(name, value === undefined ? [] : this.#evaluate(value, scope), own);
				}
				const body = childrenOf(node).at(-1);
				if (body !== undefined) this.#return(own, this.#evaluate(body, own));
				return [{ kind: "function", at: node.from }];
			}
			case "ConditionalExpression":
				return childrenOf(node).flatMap((child) => this.#evaluate(child, scope));
			case "BinaryExpression":
			case "UnaryExpression":
				return this.#operation(node, scope);
			case "YieldExpression": {
				const values = childrenOf(node).flatMap((child) => this.#evaluate(child, scope));
				this.#return(scope, [{ kind: "sequence", element: values }]);
				return [];
			}
			default:
				for (const child of childrenOf(node)) this.#evaluate(child, scope);
				return [];
		}
	}

	#lookUp(name: string, scope: Scope): Values {
		for (let one: Scope | undefined = scope; one !== undefined; one = one.parent) {
			const values = one.names.get(name);
			if (values !== undefined) return values;
		}
		return [];
	}

	#referred(path: string, node: SyntaxNode, isInner: boolean, texts?: readonly string[]): void {
		if (rowOf(path) !== undefined) this.#useRow(path, { at: node.from, name: path }, texts);
		else if (!isInner && isOfLibrary(path) && !isModule(path)) this.#noRow(path, node);
	}

	#noRow(path: string, node: SyntaxNode): void {
		this.#use({ at: node.from, name: path, reason: "the guide has no row for it" });
	}

	/** @param known - The values of its object, if they are known already. */
	#memberExpression(
		node: SyntaxNode,
		scope: Scope,
		isInner: boolean,
		isSilent: boolean,
		known?: Values,
		texts?: readonly string[],
	): Values {
		const [object, , property] = childrenOf(node);
		if (object === undefined) return [];
		const objects = known ?? this.#evaluate(object, scope, true, isSilent);
		if (property?.name !== "PropertyName") {
			const keys = childrenOf(node).slice(2, -1);
			return this.#items(objects, this.#list(keys, scope), node);
		}
		const name = this.#text(property);
		return objects.flatMap((value): Values => {
			switch (value.kind) {
				case "reference": {
					const path = canonical(`${value.path}.${name}`);
					// `queue.url` is text, and the methods of text are plain Python.
					if (isAttribute(value.path) && rowOf(path) === undefined) return [];
					if (!isSilent) this.#referred(path, property, isInner, texts);
					return [{ kind: "reference", path }];
				}
				case "instance":
					return this.#member(value, property, texts);
				case "object":
				case "class":
					return this.#ownMember(value.at, value.kind === "object", name, property, texts);
				default:
					return [];
			}
		});
	}

	#items(objects: Values, keys: Values, node: SyntaxNode): Values {
		const key = keys.length === 1 && keys[0]?.kind === "text" ? keys[0].text : undefined;
		return objects.flatMap((value): Values => {
			if (value.kind === "sequence") return value.element;
			if (value.kind === "mapping") return (key === undefined ? undefined : value.entries[key]) ?? value.element;
			if (value.kind !== "instance") return [];
			const values = itemOf(value, key);
			for (const one of values) {
				const row = one.kind === "instance" ? rowOfItem(one.path) : undefined;
				if (row !== undefined) this.#use({ at: this.#startOfItem(node), row, name: `["${key}"]` });
			}
			return values;
		});
	}

	/** The attribute that `error.response["Error"]["Code"]` starts with, so that the whole is one use. */
	#startOfItem(node: SyntaxNode): number {
		for (let one: SyntaxNode | null = node; one !== null; one = one.firstChild) {
			const property: SyntaxNode | null = one.name === "MemberExpression" ? one.getChild("PropertyName") : null;
			if (property !== null && this.#text(property) === "response") return property.from;
		}
		return node.from;
	}

	/** An attribute of an object of a library. */
	#member(value: Instance, property: SyntaxNode, texts?: readonly string[]): Values {
		const name = this.#text(property);
		const { path, values } = attributeOf(value, name);
		const services = value.service === undefined ? {} : { services: [value.service] };
		const title = value.path === CLIENT ? `client.${name}` : `${value.path}.${name}`;
		if (rowOf(path) !== undefined) this.#useRow(path, { at: property.from, name: title, ...services }, texts, value);
		else if (!isPlain(value.path) && !isPlain(path)) this.#noRow(path, property);
		return values;
	}

	/** An attribute of a class of the program, or what it inherits from a library. */
	#ownMember(at: number, isObject: boolean, name: string, property: SyntaxNode, texts?: readonly string[]): Values {
		const own = this.#attributes.get(at)?.get(name);
		if (own !== undefined) {
			return own.flatMap((value): Values => {
				if (value.kind !== "function") return [value];
				if (this.#properties.has(value.at)) return this.#returned.get(`/${value.at}`) ?? [];
				return [isObject ? { ...value, self: at } : value];
			});
		}
		return (this.#bases.get(at) ?? []).flatMap((base): Values => {
			if (base.kind === "class" && base.at !== at) return this.#ownMember(base.at, isObject, name, property, texts);
			if (base.kind !== "reference" || !isClass(base.path)) return [];
			return this.#member({ kind: "instance", path: base.path }, property, texts);
		});
	}

	#dictionary(node: SyntaxNode, scope: Scope): Values {
		const entries: Record<string, Values> = {};
		const element: Value[] = [];
		for (const part of split(childrenOf(node).slice(1, -1), ",")) {
			const colon = part.findIndex(({ name }) => name === ":");
			const keys = part.slice(0, Math.max(0, colon)).flatMap((one) => this.#evaluate(one, scope));
			const values = part.slice(colon + 1).flatMap((one) => this.#evaluate(one, scope));
			const [key] = keys;
			if (key?.kind === "text") entries[key.text] = values;
			for (const value of values) if (element.length < MAX_VALUES) element.push(value);
		}
		return [{ kind: "mapping", entries, element }];
	}

	#comprehension(words: readonly SyntaxNode[], node: SyntaxNode, scope: Scope): Values {
		const own = this.#scope(node.from, scope);
		const start = words.findIndex(({ name }) => name === "for" || name === "async");
		for (let i = start; i >= 0 && i < words.length; i++) {
			if (words[i]?.name !== "for") {
				const one = words[i];
				if (one !== undefined) this.#evaluate(one, own);
				continue;
			}
			const inAt = words.findIndex(({ name }, index) => index > i && name === "in");
			const iterated = words[inAt + 1];
			const values = iterated === undefined ? [] : this.#evaluate(iterated, own);
			this.#bindAll(words.slice(i + 1, inAt), elements(values), own);
			i = inAt + 1;
		}
		const made = words.slice(0, start).filter(({ name }) => !/^[[({:]$/.test(name));
		const element = made.flatMap((one) => this.#evaluate(one, own));
		return [{ kind: "sequence", element }];
	}

	/** Comparisons with the code of an error are uses of its row, and `&`, `|` and `~` of conditions of theirs. */
	#operation(node: SyntaxNode, scope: Scope): Values {
		const values = childrenOf(node).map((child) => [child, this.#evaluate(child, scope)] as const);
		const all = values.flatMap(([, one]) => one);
		const operator = childrenOf(node).find(({ name }) => name === "BitOp");
		if (operator !== undefined && all.some(isCondition)) {
			this.#use({ at: operator.from, row: "boto3.dynamodb.conditions.&", name: this.#text(operator) });
		}
		if (all.some((value) => value.kind === "instance" && value.path === `${ERROR_RESPONSE}[Error][Code]`)) {
			for (const [child, one] of values) {
				for (const value of one.flatMap((value) => elementsOrSelf(value))) {
					if (value.kind === "text" && rowOf(value.text))
						this.#use({ at: child.from, row: value.text, name: value.text });
				}
			}
		}
		return all;
	}

	#arguments(list: SyntaxNode, scope: Scope): Argument[] {
		const words = childrenOf(list).filter(
			({ name }, index, all) => !((index === 0 && name === "(") || (index === all.length - 1 && name === ")")),
		);
		if (words.some(({ name }) => name === "for")) {
			return [{ values: this.#comprehension(words, list, scope), node: list }];
		}
		return split(words, ",").flatMap((part) => {
			const [first] = part;
			if (first === undefined) return [];
			const isKeyword = part[1]?.name === "AssignOp";
			const values = part.slice(isKeyword ? 2 : 0).flatMap((one) => this.#evaluate(one, scope));
			return [{ ...(isKeyword ? { keyword: this.#text(first) } : {}), values, node: first }];
		});
	}

	#call(node: SyntaxNode, scope: Scope): Values {
		const [callee] = childrenOf(node);
		const list = node.getChild("ArgList");
		if (callee === undefined || list === null) return [];
		const [receivers, property] = this.#receiver(callee, scope);
		const given = this.#arguments(list, scope);
		const texts = textsOf(given);
		const callees =
			property === undefined
				? this.#evaluate(callee, scope, false, false, texts)
				: this.#memberExpression(callee, scope, false, false, receivers, texts);
		if (property !== undefined && callees.length === 0) this.#unknown(property, receivers, given);
		const name =
			property === undefined ? (callee.name === "VariableName" ? this.#text(callee) : "") : this.#text(property);
		if (name === "get" && receivers.length > 0) return this.#items(receivers, given[0]?.values ?? [], node);
		if (callees.length === 0) this.#callBack(name, given);
		if (callee.name === "VariableName" && callees.length === 0) return this.#builtin(name, given, node);
		return callees.flatMap((value): Values => {
			switch (value.kind) {
				case "reference":
					return this.#callReference(value.path, receivers, given);
				case "function":
					return this.#callFunction(value.at, given, value.self, scope.site);
				case "class":
					this.#construct(value.at, given);
					return [{ kind: "object", at: value.at }];
				case "instance":
					return isCondition(value) ? [value] : [];
				default:
					return [];
			}
		});
	}

	#receiver(callee: SyntaxNode, scope: Scope): [Values, SyntaxNode | undefined] {
		if (callee.name !== "MemberExpression") return [[], undefined];
		const [object, , property] = childrenOf(callee);
		if (object === undefined || property?.name !== "PropertyName") return [[], undefined];
		return [this.#evaluate(object, scope, true), property];
	}

	#useEvent(name: string, at: number): void {
		const [kind] = name.split(".");
		const row = `event:${kind}`;
		if (translatedEvent(name) !== undefined) this.#use({ at, row: "events.alias", name });
		if (rowOf(row) !== undefined) this.#use({ at, row, name });
		else if (kind !== "*") this.#use({ at, name, reason: "the guide has no row for this event" });
	}

	/** A call of an unknown object that looks like one of a library: it has its name, or keywords such as `TableName=`. */
	#unknown(property: SyntaxNode, receivers: Values, given: readonly Argument[]): void {
		if (receivers.some(({ kind }) => kind !== "object")) return;
		const name = this.#text(property);
		const isTelling = TELLING_NAMES.has(name) && receivers.length === 0;
		const hasParameters = given.some(({ keyword }) => keyword !== undefined && /^[A-Z][a-z]+[A-Za-z]*$/.test(keyword));
		if (!isTelling && !hasParameters) return;
		this.#use({ at: property.from, name: `?.${name}`, reason: "it is not clear of what object it is called" });
	}

	#builtin(name: string, given: readonly Argument[], node: SyntaxNode): Values {
		const first = given[0]?.values ?? [];
		switch (name) {
			case "getattr": {
				const [key] = given[1]?.values ?? [];
				return first.flatMap((value): Values => {
					if (value.kind !== "instance" || isPlain(value.path)) return [];
					const path = key?.kind === "text" ? attributeOf(value, key.text).path : undefined;
					if (path !== undefined && rowOf(path) !== undefined) {
						this.#useRow(path, { at: node.from, name: path }, [], value);
						return attributeOf(value, key?.kind === "text" ? key.text : "").values;
					}
					this.#use({
						at: node.from,
						name: `getattr(${value.path}, …)`,
						reason: "the name of the attribute is computed",
					});
					return [];
				});
			}
			case "iter":
			case "list":
			case "tuple":
			case "reversed":
			case "sorted":
			case "set":
				return first.flatMap(
					(value): Values => (value.kind === "instance" ? [{ kind: "sequence", element: elementOf(value) }] : [value]),
				);
			case "next":
				return elements(first);
			case "enumerate":
				return [
					{
						kind: "sequence",
						items: [],
						element: [{ kind: "sequence", items: [[], elements(first)], element: elements(first) }],
					},
				];
			case "zip": {
				const items = given.map(({ values }) => elements(values));
				return [{ kind: "sequence", element: [{ kind: "sequence", items, element: items.flat() }] }];
			}
			case "map": {
				const results = first.flatMap((value): Values => {
					const rest = given.slice(1).map(({ values, node: at }) => ({ values: elements(values), node: at }));
					return value.kind === "function" ? this.#callFunction(value.at, rest, value.self) : [];
				});
				return [{ kind: "sequence", element: results }];
			}
			default:
				return [];
		}
	}

	#callReference(path: string, receivers: Values, given: readonly Argument[]): Values {
		for (const { keyword, node, values } of given) {
			if (keyword === undefined) continue;
			const row = [`${path}(${keyword})`, `${path.replace(/^boto3\.session\.Session\./, "boto3.")}(${keyword})`].find(
				rowOf,
			);
			if (row !== undefined) this.#use({ at: node.from, row, name: `${keyword}=` });
			const nested = NESTED[keyword];
			for (const value of values) {
				if (nested === undefined || value.kind !== "mapping") continue;
				for (const key of Object.keys(value.entries)) {
					if (rowOf(`${nested}.${key}`))
						this.#use({ at: node.from, row: `${nested}.${key}`, name: `${keyword}=${key}` });
				}
			}
		}
		this.#callBack(path.slice(path.lastIndexOf(".") + 1), given);
		if (path === "functools.partial" || path === "contextlib.closing") return given[0]?.values ?? [];
		const [first] = given;
		const services = textsOf(given);
		const instances = receivers.filter((value) => value.kind === "instance");
		const owners = instances.length > 0 ? instances : [undefined];
		if (REGISTERS.test(path)) {
			for (const name of services) this.#useEvent(name, first?.node.from ?? 0);
			return [];
		}
		return owners.flatMap((owner) =>
			(services.length > 0 ? services : [undefined]).flatMap((service) => resultOf(path, owner, service)),
		);
	}

	/** Functions of the program that a library calls, such as those given to a pool of threads. */
	#callBack(callee: string, given: readonly Argument[]): void {
		const isMap = callee === "map";
		const target =
			given.find(({ keyword }) => keyword === "target") ??
			given.find(({ values }) => values.some(({ kind }) => kind === "function"));
		if (target === undefined) return;
		const tuple = given.find(({ keyword }) => keyword === "args")?.values ?? [];
		const rest = given.slice(given.indexOf(target) + 1).filter(({ keyword }) => keyword === undefined);
		const passed =
			tuple.length > 0 ? [0, 1, 2, 3].map((index) => ({ values: itemAt(tuple, index), node: target.node })) : rest;
		const found = isMap ? passed.map(({ values, node }) => ({ values: elements(values), node })) : passed;
		for (const value of target.values) if (value.kind === "function") this.#callFunction(value.at, found, value.self);
	}

	#callFunction(at: number, given: readonly Argument[], self?: number, caller = ""): Values {
		const definition = this.#definitions.get(at);
		const scope = this.#scopes.get(`/${at}`);
		if (definition === undefined || scope === undefined) return [];
		const isLiteral = given.some(({ values }) => values.some(({ kind }) => kind === "text"));
		const depth = caller.split("<").length;
		const site = `${caller}<${given[0]?.node.from}`;
		const isFollowed = isLiteral && depth <= MAX_DEPTH && definition.name === "FunctionDefinition";
		if (isFollowed && (this.#sites.has(site) || this.#sites.size < MAX_SITES)) {
			this.#sites.add(site);
			const own = this.#scope(at, scope.parent, { ofFunction: at, site });
			for (const [name, values] of scope.names) if (!own.names.has(name)) own.names.set(name, [...values]);
			this.#bindParameters(definition, given, self, own);
			const body = definition.getChild("Body");
			if (body !== null) this.#block(body, own);
			return this.#returned.get(`${site}/${at}`) ?? [];
		}
		this.#bindParameters(definition, given, self, scope);
		return this.#returned.get(`/${at}`) ?? [];
	}

	#bindParameters(definition: SyntaxNode, given: readonly Argument[], self: number | undefined, scope: Scope): void {
		const parameters = this.#parameters(definition).slice(self === undefined ? 0 : 1);
		given.forEach(({ keyword, values }, index) => {
			const parameter =
				keyword === undefined
					? (parameters[index] ?? parameters.find(({ stars }) => stars === 1))
					: parameters.find(({ name }) => this.#text(name) === keyword);
			if (parameter === undefined) return;
			this.#bind(parameter.name, parameter.stars === 1 ? [{ kind: "sequence", element: values }] : values, scope);
		});
	}

	#construct(at: number, given: readonly Argument[]): void {
		const init = this.#attributes.get(at)?.get("__init__") ?? [];
		for (const value of init) if (value.kind === "function") this.#callFunction(value.at, given, at);
		if (init.length > 0) return;
		// The fields of a dataclass, in the order of the class.
		const fields = [...(this.#attributes.get(at)?.keys() ?? [])];
		given.forEach(({ keyword, values }, index) => {
			const name = keyword ?? fields[index];
			if (name !== undefined && fields.includes(name)) this.#attribute(at, name, values);
		});
	}
}

interface Parameter {
	readonly name: SyntaxNode;
	readonly type?: SyntaxNode;
	readonly value?: SyntaxNode;
	/** 1 for `*args`, 2 for `**kwargs`. */
	readonly stars: number;
}

/** Methods whose first argument is the name of an event. */
const REGISTERS = /^botocore\.(?:hooks\.Events|session\.Session)\.(?:un)?register(?:_first|_last)?$/;

/** Keyword arguments whose keys have rows of their own. */
const NESTED: Readonly<Record<string, string>> = {
	PaginationConfig: "PaginationConfig",
	retries: "retries",
	s3: "s3",
};

/** Keywords of the first argument of a call, by which its row or its result is found. */
const FIRST = ["service_name", "operation_name", "waiter_name", "event_name"];

/** The texts that the first argument of a call may be. */
function textsOf(given: readonly Argument[]): string[] {
	const first = given.find(({ keyword }) => keyword !== undefined && FIRST.includes(keyword)) ?? given[0];
	if (first?.keyword !== undefined && !FIRST.includes(first.keyword)) return [];
	return (first?.values ?? []).flatMap((value) => (value.kind === "text" ? [value.text] : []));
}

function split(nodes: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
	const parts: SyntaxNode[][] = [[]];
	for (const node of nodes) {
		if (node.name === separator) parts.push([]);
		else parts.at(-1)?.push(node);
	}
	return parts.length > 1 && parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts;
}

function elements(values: Values): Values {
	return values.flatMap((value): Values => {
		if (value.kind === "sequence") return value.element;
		return value.kind === "instance" ? elementOf(value) : [];
	});
}

function elementsOrSelf(value: Value): Values {
	return value.kind === "sequence" ? value.element : [value];
}

function itemAt(values: Values, index: number): Values {
	return values.flatMap((value): Values => {
		if (value.kind !== "sequence") return [];
		return value.items?.[index] ?? value.element;
	});
}
