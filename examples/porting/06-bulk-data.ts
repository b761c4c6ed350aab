// Transfer data that is too large for a message: get presigned URLs from EchoStream, upload, download.
import { gzipSync } from "node:zlib";
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

const stored = await session.query<{ readonly GetBulkDataStorage: readonly [BulkDataStorage] }>(GET_BULK_DATA_STORAGE, {
	tenant: session.tenant,
});
const [storage] = stored.GetBulkDataStorage;

const data = gzipSync("a".repeat(1_000_000));
let response = await fetch(storage.presignedPut.url, {
	method: "PUT",
	body: data,
	headers: JSON.parse(storage.presignedPut.headers),
});
console.log(JSON.stringify({ upload: response.status }));
response = await fetch(storage.presignedGet);
console.log(JSON.stringify({ download: response.status }));
console.log(JSON.stringify({ size: (await response.arrayBuffer()).byteLength })); // fetch decompresses it
