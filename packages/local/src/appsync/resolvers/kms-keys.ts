import type { KmsKeyRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { checkName, given } from "../arguments.ts";
import { type Echo, type FieldResolvers, invalid } from "../request-context.ts";
import { resourceFields } from "./changes.ts";

/** The resolvers of KMS keys. They encrypt nothing in the local tenant. */
export const KMS_KEY: FieldResolvers<Echo<KmsKeyRecord>> = {
	...resourceFields<KmsKeyRecord>("kmsKeys", ({ name }) => name),
	inUse: ({ network, record }) => isInUse(network, record),
	Delete: ({ network, record }, _, { user }) => {
		if (isInUse(network, record)) throw invalid(`KmsKey ${record.name} is in use`);
		network.kmsKeys.delete(record, user.username);
		return true;
	},
	Update: ({ network, record }, args: { readonly description?: string | null }, request) =>
		request.echo(network, network.kmsKeys.update(record, given(args), request.user.username)),
};

interface Creation {
	readonly description?: string | null;
	readonly name: string;
	readonly tenant: string;
}

/** The mutations of KMS keys. */
export const KMS_KEY_MUTATIONS: FieldResolvers<unknown> = {
	CreateKmsKey: (_, { description = null, name, tenant }: Creation, request) => {
		const network = request.needNetwork(tenant, "CreateKmsKey", "Mutation");
		checkName("kmsKey", name, (used) => network.kmsKeys.get(used) !== undefined);
		const id = Buffer.from(request.api.random(16)).toString("hex");
		const arn = `arn:aws:kms:${network.tenant.region}:000000000000:key/${id}`;
		return request.echo(
			network,
			network.kmsKeys.create({ __typename: "KmsKey", name, description, arn }, request.user.username),
		);
	},
};

function isInUse({ edges }: Network, { name }: KmsKeyRecord): boolean {
	return edges.all().some(({ kmsKey }) => kmsKey === name);
}
