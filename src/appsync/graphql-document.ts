/**
 * A GraphQL document: its text, or an object of `gql` or a code generator that contains its source text. The types of such
 * a document (`TypedDocumentNode`, `TypedDocumentString`) become those of the variables and the data.
 */
export type GraphQLDocument<Data, Variables> =
	| string
	| {
			readonly __apiType?: ((variables: Variables) => Data) | undefined;
			readonly kind?: unknown;
			readonly loc?: { readonly source: { readonly body: string } } | undefined;
	  };

/** The text of a document. */
export function textOfDocument(document: GraphQLDocument<unknown, never>): string {
	if (typeof document === "string" || document instanceof String) return String(document);
	const text = document.loc?.source.body;
	if (text !== undefined) return text;
	throw new TypeError("This GraphQL document has no source text. Pass `print(document)` of the package graphql.");
}

/** The name of the first operation of a document: at its start, or after a fragment. */
export function operationNameOf(document: string): string | undefined {
	return /(?:^|\})\s*(?:query|mutation|subscription)\s+(\w+)/.exec(uncommented(document))?.[1];
}

/** Whether a document contains a mutation: at its start, or after a fragment or another operation. */
export function holdsMutation(document: string): boolean {
	return /(?:^|\})\s*mutation\b/.test(uncommented(document));
}

/** A document without its comments and texts. */
function uncommented(document: string): string {
	return document.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|#.*/g, "");
}
