// A session class of your own: the credentials of the app that runs a node, found by the node's name.
// `npm run examples -- own-session`
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CredentialsError, EchoStreamSession } from "echostream-botocore";

const KEYS = "GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }";
const CREDENTIALS = `query nodeCredentials($node: String!, $tenant: String!, $duration: Int!) {
	GetNode(name: $node, tenant: $tenant) {
		... on ExternalNode { app { ... on CrossAccountApp { ${KEYS} } ... on ExternalApp { ${KEYS} } } }
		... on ManagedNode { app { ${KEYS} } }
	}
}`;
const TENANT = `query nodeTenant($node: String!, $tenant: String!) {
	GetNode(name: $node, tenant: $tenant) { tenant { active name region table } }
}`;

class NodeSession extends EchoStreamSession {
	constructor(options = {}) {
		super(options, { subject: "a NodeSession", required: { node: "NODE" } }); // the option node, or the variable NODE
		this.node = this.addedSettings.node;
	}

	tenantQuery(wanted) {
		const { duration, node, tenant } = this;
		return {
			...(wanted === "credentials"
				? { document: CREDENTIALS, variables: { node, tenant, duration } }
				: { document: TENANT, variables: { node, tenant } }),
			select({ GetNode }) {
				if (GetNode === null) throw new CredentialsError("AppNotFound", `Node ${node} was not found. Check NODE.`);
				return { tenant: GetNode.tenant, credentials: GetNode.app?.GetAwsCredentials };
			},
		};
	}
}

const session = new NodeSession({ node: "external-app-node" }); // all other settings come from the environment
const { table } = await session.describeTenant();
const Item = { pk: { S: "node" }, sk: { S: session.node } };
await session.client(DynamoDBClient).send(new PutItemCommand({ TableName: table, Item }));
console.log(`The node ${session.node} wrote to the table ${table}`);

session.destroy();
