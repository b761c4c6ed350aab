// Data too big for a message: ask EchoStream where to put it, upload it, fetch it again.
import { gunzipSync, gzipSync } from "node:zlib";
import { AppSession } from "echostream-botocore";

interface BulkDataStorage {
	readonly presignedGet: string;
	readonly presignedPut: { readonly headers: string; readonly url: string };
}

const session = new AppSession();
const GET_BULK_DATA_STORAGE = `
	query getBulkDataStorage($tenant: String!) {
		GetBulkDataStorage(tenant: $tenant, count: 1) {
			presignedGet
			presignedPut { headers url }
		}
	}`;

const answer = await session.query<{ readonly GetBulkDataStorage: readonly [BulkDataStorage] }>(GET_BULK_DATA_STORAGE, {
	tenant: session.tenant,
});
const [storage] = answer.GetBulkDataStorage;

const data = gzipSync("a".repeat(1_000_000));
let response = await fetch(storage.presignedPut.url, {
	method: "PUT",
	body: data,
	headers: JSON.parse(storage.presignedPut.headers),
});
console.log(JSON.stringify({ upload: response.status }));
response = await fetch(storage.presignedGet);
console.log(JSON.stringify({ download: response.status }));
console.log(JSON.stringify({ size: gunzipSync(await response.arrayBuffer()).length }));
