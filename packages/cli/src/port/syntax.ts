import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@lezer/python";

/** A parsed Python program. */
export interface PythonSyntax {
	readonly text: string;
	readonly tree: Tree;
	/** Starts of the lines, in characters. */
	readonly lines: readonly number[];
	/** What could not be parsed, in the order of the lines. */
	readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

/** Parses a program. A syntax error is a problem, and the rest of the program is still parsed. */
export function parsePython(text: string): PythonSyntax {
	const tree = parser.parse(text);
	const lines = [0];
	for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
	const problems = new Map<number, string>();
	tree.iterate({
		enter: ({ type, from, node }) => {
			if (type.name === "PrintStatement") {
				problems.set(
					lineOf(lines, from),
					"a print statement of Python 2, which is not supported. Convert the program first",
				);
			}
			// The grammar requires an expression after `yield`, which Python does not.
			if (!type.isError || node.parent?.name === "YieldStatement") return;
			const line = lineOf(lines, from);
			if (!problems.has(line)) problems.set(line, "a syntax error, or syntax that the parser does not know");
		},
	});
	const sorted = [...problems].sort(([a], [b]) => a - b);
	return { text, tree, lines, problems: sorted.map(([line, problem]) => ({ line, problem })) };
}

/** Returns the number of the line of a position, from 1. */
export function lineOf(lines: readonly number[], position: number): number {
	let [low, high] = [0, lines.length];
	while (low + 1 < high) {
		const middle = (low + high) >> 1;
		if ((lines[middle] ?? 0) <= position) low = middle;
		else high = middle;
	}
	return low + 1;
}

/** Returns the children of a node, without comments. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
	const children: SyntaxNode[] = [];
	for (let child = node.firstChild; child !== null; child = child.nextSibling) {
		if (child.name !== "Comment") children.push(child);
	}
	return children;
}

/** Returns the text of a string literal, without prefix and quotes. `undefined` if it is formatted or of bytes. */
export function textOfString(literal: string): string | undefined {
	const [, prefix = "", quotes = "", text = ""] = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal) ?? [];
	return quotes === "" || /[bf]/i.test(prefix) || text.includes("\\") ? undefined : text;
}
