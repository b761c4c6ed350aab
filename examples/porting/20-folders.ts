// List objects as files in folders, and delete a folder.
import { paginateListObjectsV2, S3 } from "@aws-sdk/client-s3";
import { ApiSession } from "echostream-botocore";

const s3 = new ApiSession().client(S3, { forcePathStyle: true });
const Bucket = process.env.BUCKET;
for (const name of ["a.txt", "b.txt", "2025/c.txt", "2026/d.txt", "2026/e.txt"]) {
	await s3.putObject({ Bucket, Key: `folders/${name}`, Body: name });
}

const response = await s3.listObjectsV2({ Bucket, Prefix: "folders/", Delimiter: "/" });
console.log(JSON.stringify(response.Contents?.map(({ Key }) => Key)));
console.log(JSON.stringify(response.CommonPrefixes?.map(({ Prefix }) => Prefix)));

const keys: { Key: string | undefined }[] = [];
for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix: "folders/" })) {
	for (const { Key } of page.Contents ?? []) {
		keys.push({ Key });
	}
}
await s3.deleteObjects({ Bucket, Delete: { Objects: keys, Quiet: true } });
const { KeyCount } = await s3.listObjectsV2({ Bucket, Prefix: "folders/" });
console.log(JSON.stringify({ deleted: keys.length, left: KeyCount }));
