/**
 * A GraphQL document: its text, or what code generators and `gql` make of it, provided that it still has its text. The
 * types that such a document carries (`TypedDocumentNode`, `TypedDocumentString`) become those of the variables and data.
 */
export type GraphQLDocument<Data, Variables> = string | TypedDocument<Data, Variables>;

/** What a typed document looks like from outside, whichever library made it. */
export interface TypedDocument<Data, Variables> {
	readonly __apiType?: ((variables: Variables) => Data) | undefined;
	readonly kind?: unknown;
	readonly loc?: { readonly source: { readonly body: string } } | undefined;
}

/** The text of a document. */
export function textOfDocument(document: GraphQLDocument<unknown, never>): string {
	if (typeof document === "string" || document instanceof String) return String(document);
	const text = document.loc?.source.body;
	if (text !== undefined) return text;
	throw new TypeError("This GraphQL document has lost its text: pass `print(document)` of the package graphql");
}
