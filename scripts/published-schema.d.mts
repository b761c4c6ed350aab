import type { GraphQLSchema } from "graphql";

export function readPublishedSchema(file: string): GraphQLSchema;
export function schemaFacts(schema: GraphQLSchema): string[];
