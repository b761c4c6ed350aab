// Extends TypeDoc's Markdown:
// - a class shows its own members, and a link to its base class, which shows the others;
// - a union of string literals has a table with the meaning of each;
// - a destructured parameter has a name.
import { Converter, ReflectionKind } from "typedoc";

/** After TypeDoc has found what is inherited, before it groups what there is. */
const BEFORE_GROUPS = -50;

export function load({ converter }) {
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
