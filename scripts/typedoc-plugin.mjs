// Extends TypeDoc's Markdown:
// - a class shows its own members, and a link to its base class, which shows the others;
// - a union of string literals has a table with the meaning of each, which for a property is on the page of its class;
// - a destructured parameter has a name.
import { Converter, ReflectionKind } from "typedoc";
import ts from "typescript";

/** After TypeDoc has found what is inherited, before it groups what there is. */
const BEFORE_GROUPS = -50;

export function load({ converter }) {
	converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
		if (!reflection.kindOf(ReflectionKind.Property) || !reflection.parent.kindOf(ReflectionKind.Class)) return;
		const { type } = context.getSymbolFromReflection(reflection)?.valueDeclaration ?? {};
		if (type !== undefined && ts.isUnionTypeNode(type)) addPropertyMeanings(reflection, type);
	});
	converter.on(
		Converter.EVENT_RESOLVE_END,
		({ project }) => {
			for (const reflection of Object.values(project.reflections)) {
				if (isShownElsewhere(reflection)) project.removeReflection(reflection);
				else addMeanings(reflection);
				if (reflection.name === "__namedParameters") reflection.name = "options";
			}
		},
		BEFORE_GROUPS,
	);
}

function isShownElsewhere({ inheritedFrom, parent }) {
	if (inheritedFrom === undefined || !parent?.kindOf(ReflectionKind.Class)) return false;
	return parent.extendedTypes?.some(({ reflection }) => reflection !== undefined) ?? false;
}

function addMeanings({ comment, type }) {
	if (comment === undefined || type?.elementSummaries === undefined) return;
	if (!type.types.every(({ type: kind }) => kind === "literal")) return;
	const rows = type.types.flatMap(({ value }, index) => [
		{ kind: "text", text: `| \`${value}\` | ` },
		...type.elementSummaries[index].map((part) => ({ ...part, text: part.text.replaceAll("\n", " ") })),
		{ kind: "text", text: " |\n" },
	]);
	comment.summary.push({ kind: "text", text: "\n\n| value | meaning |\n| --- | --- |\n" }, ...rows);
	type.elementSummaries = undefined;
}

/** Adds the comments of a property's values to the comment of its class. TypeDoc reads those of type aliases only. */
function addPropertyMeanings({ name, parent }, union) {
	const { text } = union.getSourceFile();
	const rows = union.types.flatMap((type, index) => {
		const start = union.types[index - 1]?.end ?? union.pos;
		// Biome puts the first comment on the line of the property's name.
		const [range] = ts.getTrailingCommentRanges(text, start) ?? ts.getLeadingCommentRanges(text, start) ?? [];
		if (range === undefined) return [];
		const meaning = text.slice(range.pos, range.end).replace(/^\/\*\*\s*|\s*\*\/$/g, "");
		return [`| \`${type.literal.text}\` | ${meaning.replace(/\s*\n\s*\*?\s*/g, " ")} |\n`];
	});
	if (rows.length === 0) return;
	parent.comment?.summary.push({ kind: "text", text: `\n\n| ${name} | meaning |\n| --- | --- |\n${rows.join("")}` });
}
