// A presigned URL that is valid for ten minutes. `npm run examples -- presigned-url`
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ApiSession } from "echostream-botocore";

const object = { Bucket: process.env.BUCKET, Key: "report.txt" };
const session = new ApiSession();
const s3 = session.client(S3Client, { forcePathStyle: true });
await s3.send(new PutObjectCommand({ ...object, Body: "all is well" }));

// A presigned URL expires with the credentials that signed it. The session's clients sign it with ones that are valid for as
// long, and reject a URL for longer than the session's `duration`.
const url = await getSignedUrl(s3, new GetObjectCommand(object), { expiresIn: 600 });
console.log(await (await fetch(url)).text());

session.destroy();
