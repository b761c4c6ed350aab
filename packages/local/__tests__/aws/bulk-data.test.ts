import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

let tenant: LocalTenant;
let token: string;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, clock });
	token = await signIn(tenant, { app: "external-app" });
});
afterAll(() => tenant.stop());

interface Storage {
	readonly expiration: number;
	readonly presignedGet: string;
	readonly post: { readonly fields: Readonly<Record<string, string>>; readonly url: string };
	readonly put: { readonly headers: Readonly<Record<string, string>>; readonly url: string };
}

async function storage(options = ""): Promise<Storage> {
	const fields = "expiration presignedGet presignedPost { fields url } presignedPut { headers url }";
	const query = `{ GetBulkDataStorage(tenant: "local" ${options}) { ${fields} } }`;
	const { data, errors } = await sendQuery(tenant, token, query);
	if (errors !== undefined) throw new Error(errors[0]?.message);
	const [{ expiration, presignedGet, presignedPost, presignedPut }] = data.GetBulkDataStorage;
	return {
		expiration,
		presignedGet,
		post: { url: presignedPost.url, fields: JSON.parse(presignedPost.fields) },
		put: { url: presignedPut.url, headers: JSON.parse(presignedPut.headers) },
	};
}

/** Uploads by the form. */
async function post({ post: { fields, url } }: Storage, content: Uint8Array, changes: Record<string, string> = {}) {
	const form = new FormData();
	for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value);
	form.append("file", new Blob([new Uint8Array(content)]));
	return (await fetch(url, { method: "POST", body: form })).status;
}

const put = async ({ put: { headers, url } }: Storage, content: Uint8Array, changes: Record<string, string> = {}) =>
	(await fetch(url, { method: "PUT", headers: { ...headers, ...changes }, body: new Uint8Array(content) })).status;

test.each<[string, string, (content: string) => Uint8Array]>([
	["", "gzip", gzipSync],
	["contentEncoding: gzip", "gzip", gzipSync],
	["contentEncoding: deflate", "deflate", deflateSync],
])(
	"bulk data with the arguments '%s' is stored with the encoding %s, by the form and by PUT",
	async (options, encoding, compress) => {
		for (const [store, done] of [
			[post, 204],
			[put, 200],
		] as const) {
			const urls = await storage(options);
			expect(urls.put.headers).toEqual({ "Content-Encoding": encoding });
			expect(await store(urls, compress("bulk"))).toBe(done);
			const response = await fetch(urls.presignedGet);
			expect([response.headers.get("content-encoding"), await response.text()]).toEqual([encoding, "bulk"]);
		}
	},
);

test("bulk data with another encoding than was requested is rejected", async () => {
	const urls = await storage();
	expect(await post(urls, gzipSync("x"), { "Content-Encoding": "br" })).toBe(403);
	expect(await put(urls, gzipSync("x"), { "Content-Encoding": "br" })).toBe(403);
	expect((await fetch(urls.presignedGet)).status).toBe(404);
});

test.each<[string, number]>([
	["", 1800],
	["expiresIn: 60", 60],
])("with the arguments '%s', bulk data can be stored for %d seconds, and read for longer", async (options, seconds) => {
	const [early, late] = [await storage(options), await storage(options)];
	expect(early.expiration).toBe(Math.floor(clock.now() / 1000) + seconds);
	clock.jump(seconds * 1000 - 1000);
	expect([await post(early, gzipSync("x")), await put(early, gzipSync("x"))]).toEqual([204, 200]);
	clock.jump(3000);
	expect([await post(late, gzipSync("x")), await put(late, gzipSync("x"))]).toEqual([403, 403]);
	expect([(await fetch(early.presignedGet)).status, (await fetch(late.presignedGet)).status]).toEqual([200, 404]);
	clock.jump(-(seconds * 1000 + 2000));
});

test.each(["expiresIn: 0", "expiresIn: 604801", "count: 0", "count: 101"])(
	"GetBulkDataStorage rejects %s",
	async (options) => {
		await expect(storage(options)).rejects.toThrow(/must be between/);
	},
);
