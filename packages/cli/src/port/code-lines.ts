import type { SyntaxNode } from "@lezer/common";
import { childrenOf, lineOf, type PythonSyntax } from "./syntax.ts";

/** A statement, or the head of one that has a body: its lines of code, from 1. */
export interface CodeStatement {
	readonly from: number;
	readonly to: number;
	readonly lines: readonly number[];
}

/** Returns the statements of a program with their lines. Blank lines, comments and docstrings are no code. */
export function statementsIn({ tree, lines }: PythonSyntax): CodeStatement[] {
	const statements: CodeStatement[] = [];
	const taken = new Set<number>();
	const add = (nodes: readonly SyntaxNode[]): void => {
		const [first, last] = [nodes[0], nodes.at(-1)];
		if (first === undefined || last === undefined) return;
		const own: number[] = [];
		for (const node of nodes) {
			const code = leavesOf(node).flatMap(({ from, to }) => {
				const [start, end] = [lineOf(lines, from), lineOf(lines, Math.max(from, to - 1))];
				return Array.from({ length: end - start + 1 }, (_, index) => start + index);
			});
			for (const line of code) {
				if (taken.has(line)) continue;
				taken.add(line);
				own.push(line);
			}
		}
		statements.push({ from: first.from, to: last.to, lines: own });
	};
	const visit = (node: SyntaxNode): void => {
		let head: SyntaxNode[] = [];
		for (const child of childrenOf(node)) {
			if (child.name === "Body" || child.name === "MatchBody") {
				add(head);
				head = [];
				for (const statement of childrenOf(child)) if (statement.name !== ":") visitStatement(statement);
			} else if (isCompound(child)) {
				add(head);
				head = [];
				visit(child);
			} else head.push(child);
		}
		add(head);
	};
	const visitStatement = (node: SyntaxNode): void => {
		if (isCompound(node)) visit(node);
		else if (!isDocstring(node)) add([node]);
	};
	for (const node of childrenOf(tree.topNode)) visitStatement(node);
	return statements;
}

function isCompound(node: SyntaxNode): boolean {
	if (node.name === "DecoratedStatement") return true;
	return childrenOf(node).some(({ name }) => name === "Body" || name === "MatchBody");
}

function isDocstring(node: SyntaxNode): boolean {
	const [only, ...others] = childrenOf(node);
	return node.name === "ExpressionStatement" && others.length === 0 && /String$/.test(only?.name ?? "");
}

function leavesOf(node: SyntaxNode): SyntaxNode[] {
	const children = childrenOf(node);
	if (children.length === 0 || /String$/.test(node.name)) return node.from === node.to ? [] : [node];
	return children.flatMap(leavesOf);
}
