import { gql, type TypedDocumentNode } from "@apollo/client";
import { useQuery } from "@apollo/client/react";

interface Data {
	readonly GetApp: {
		readonly __typename: string;
		readonly name: string;
		readonly description: string | null;
		readonly nodes?: readonly { readonly name: string }[];
	} | null;
}

// The client of a session sets $app and $tenant.
const APP: TypedDocumentNode<Data, Record<string, never>> = gql`
	query app($app: String!, $tenant: String!) {
		GetApp(name: $app, tenant: $tenant) {
			name
			description
			... on ExternalApp {
				nodes {
					... on ExternalNode {
						name
					}
				}
			}
		}
	}
`;

export function AppDetails() {
	const { data, error, loading, refetch } = useQuery(APP);
	if (loading) return <p>Loading…</p>;
	if (error !== undefined) {
		return (
			<p role="alert">
				{error.message}{" "}
				<button type="button" onClick={() => refetch()}>
					Try again
				</button>
			</p>
		);
	}
	const app = data?.GetApp;
	return (
		<article>
			<h1>{app?.name}</h1>
			<p>
				{app?.__typename} {app?.description}
			</p>
			<ul>
				{app?.nodes?.map(({ name }) => (
					<li key={name}>{name}</li>
				))}
			</ul>
		</article>
	);
}
