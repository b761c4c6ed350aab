// A presigned URL that is valid for ten minutes. `npm run examples -- presigned-url`
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ApiSession } from "echostream-botocore";

const object = { Bucket: process.env.BUCKET, Key: "report.txt" };
const session = new ApiSession();
const s3 = session.client(S3Client, { forcePathStyle: true });
await s3.send(new PutObjectCommand({ ...object, Body: "all is well" }));

// A presigned URL expires with the credentials that signed it, so make sure that they are valid for ten minutes.
const expiresIn = 600;
await session.ready({ minTtlSeconds: expiresIn });
const url = await getSignedUrl(s3, new GetObjectCommand(object), { expiresIn });
console.log(await (await fetch(url)).text());

session.destroy();
