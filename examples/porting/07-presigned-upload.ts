// Let somebody without credentials upload and download an object for 30 minutes.
import { S3 } from "@aws-sdk/client-s3";
import { Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { s3: S3 } });
const s3 = session.client("s3", { forcePathStyle: true });

// A presigned URL expires with the credentials that signed it. The session's clients sign it with ones that are valid for as long.
const Params = { Bucket: process.env.BUCKET, Key: "report.txt" };
const upload = await s3.generatePresignedUrl("put_object", { Params, ExpiresIn: 1800 });
const download = await s3.generatePresignedUrl("get_object", { Params, ExpiresIn: 1800 });

console.log(JSON.stringify({ upload: (await fetch(upload, { method: "PUT", body: "all is well" })).status }));
console.log(JSON.stringify({ download: await (await fetch(download)).text() }));
await s3.deleteObject(Params);
console.log(JSON.stringify({ download: (await fetch(download)).status }));
