// Let somebody without credentials upload an object with a form, up to a size.
import { S3 } from "@aws-sdk/client-s3";
import { Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { s3: S3 } });
const s3 = session.client("s3", { forcePathStyle: true });
const bucket = String(process.env.BUCKET);

const post = await s3.generatePresignedPost(bucket, "form.txt", {
	Fields: { "Content-Type": "text/plain" },
	Conditions: [{ "Content-Type": "text/plain" }, ["content-length-range", 1, 20]],
	ExpiresIn: 600,
});
console.log(JSON.stringify([post.url.endsWith(`/${bucket}`), post.fields.key]));

async function upload(data: string, fields: Record<string, string> = {}): Promise<number> {
	const form = new FormData();
	for (const [name, value] of Object.entries({ ...post.fields, ...fields })) form.append(name, value);
	form.append("file", new Blob([data]));
	return (await fetch(post.url, { method: "POST", body: form })).status;
}

console.log(JSON.stringify(await upload("all is well")));
console.log(JSON.stringify(await upload("far more than twenty bytes")));
console.log(JSON.stringify(await upload("all is well", { key: "other.txt" })));

const response = await s3.getObject({ Bucket: bucket, Key: "form.txt" });
console.log(JSON.stringify(await response.Body?.transformToString()));
await s3.deleteObject({ Bucket: bucket, Key: "form.txt" });
