// Let somebody without credentials upload and download an object for 30 minutes.
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const s3 = session.client(S3Client, { forcePathStyle: true });

// A presigned URL expires with the credentials that signed it. The session's clients sign it with ones that are valid for as long.
const params = { Bucket: process.env.BUCKET, Key: "report.txt" };
const upload = await getSignedUrl(s3, new PutObjectCommand(params), { expiresIn: 1800 });
const download = await getSignedUrl(s3, new GetObjectCommand(params), { expiresIn: 1800 });

console.log(JSON.stringify({ upload: (await fetch(upload, { method: "PUT", body: "all is well" })).status }));
console.log(JSON.stringify({ download: await (await fetch(download)).text() }));
await s3.send(new DeleteObjectCommand(params));
console.log(JSON.stringify({ download: (await fetch(download)).status }));
