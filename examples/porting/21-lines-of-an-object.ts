// Read an object line by line, without the whole of it in memory.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { S3 } from "@aws-sdk/client-s3";
import { ApiSession } from "echostream-botocore";

const s3 = new ApiSession().client(S3, { forcePathStyle: true });
const target = { Bucket: process.env.BUCKET, Key: "lines.csv" };
const rows = Array.from({ length: 1000 }, (_, number) => `${number},${number * number}\n`).join("");
await s3.putObject({ ...target, Body: rows, ContentType: "text/csv" });

let total = 0;
const response = await s3.getObject(target);
for await (const line of createInterface({ input: response.Body as Readable })) {
	total += Number(line.split(",")[1]);
}
console.log(JSON.stringify({ type: response.ContentType, total }));
await s3.deleteObject(target);
