// List objects as files in folders, and delete a folder.
import { S3 } from "@aws-sdk/client-s3";
import { Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new ApiSession(), services: { s3: S3 } });
const s3 = session.client("s3", { forcePathStyle: true });
const Bucket = process.env.BUCKET;
for (const name of ["a.txt", "b.txt", "2025/c.txt", "2026/d.txt", "2026/e.txt"]) {
	await s3.putObject({ Bucket, Key: `folders/${name}`, Body: name });
}

const response = await s3.listObjectsV2({ Bucket, Prefix: "folders/", Delimiter: "/" });
console.log(JSON.stringify(response.Contents?.map(({ Key }) => Key)));
console.log(JSON.stringify(response.CommonPrefixes?.map(({ Prefix }) => Prefix)));

const keys: { Key: string | undefined }[] = [];
const paginator = s3.getPaginator("list_objects_v2");
for await (const page of paginator.paginate({
	Bucket,
	Prefix: "folders/",
	PaginationConfig: { PageSize: 2 },
})) {
	for (const { Key } of page.Contents ?? []) {
		keys.push({ Key });
	}
}
await s3.deleteObjects({ Bucket, Delete: { Objects: keys, Quiet: true } });
const { KeyCount } = await s3.listObjectsV2({ Bucket, Prefix: "folders/" });
console.log(JSON.stringify({ deleted: keys.length, left: KeyCount }));
