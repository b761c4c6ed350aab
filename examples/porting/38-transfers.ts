// Upload a file in parts, see the progress, copy the object, and download it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { S3 } from "@aws-sdk/client-s3";
import { Session, TransferConfig } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { s3: S3 } });
const s3 = session.client("s3", { forcePathStyle: true });
const bucket = String(process.env.BUCKET);
const megabyte = 1024 * 1024;
const Config = new TransferConfig({
	multipartThreshold: 6 * megabyte,
	multipartChunksize: 5 * megabyte,
	maxConcurrency: 2,
});

class Progress {
	transferred = 0;
	readonly count = (bytes: number): void => {
		this.transferred += bytes;
	};
}

const folder = await mkdtemp(join(tmpdir(), "transfers-"));
try {
	const [original, copy] = [join(folder, "original"), join(folder, "copy")];
	await writeFile(original, "0123456789abcdef".repeat((11 * megabyte) / 16));

	let progress = new Progress();
	await s3.uploadFile(original, bucket, "transfers/large", {
		Callback: progress.count,
		Config,
		ExtraArgs: { ContentType: "text/plain", Metadata: { author: "ada" } },
	});
	console.log(JSON.stringify(progress.transferred));
	const head = await s3.headObject({ Bucket: bucket, Key: "transfers/large" });
	console.log(JSON.stringify([head.ContentType, head.Metadata, head.ETag?.split("-").at(-1)]));

	progress = new Progress();
	await s3.downloadFile(bucket, "transfers/large", copy, { Callback: progress.count, Config });
	console.log(JSON.stringify([progress.transferred, (await readFile(copy)).equals(await readFile(original))]));
} finally {
	await rm(folder, { recursive: true });
}

await s3.uploadFileobj(Buffer.from("small"), bucket, "transfers/small", { Config });
await s3.copy({ Bucket: bucket, Key: "transfers/small" }, bucket, "transfers/copy");
const copied = new PassThrough();
await s3.downloadFileobj(bucket, "transfers/copy", copied);
console.log(JSON.stringify(await text(copied.end())));

const { objects } = session.resource("s3", { forcePathStyle: true }).Bucket(bucket);
for await (const object of objects.filter({ Prefix: "transfers/" })) {
	console.log(JSON.stringify([object.key, object.size]));
	await object.delete();
}
