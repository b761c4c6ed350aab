import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { Attr, ClientError, Key, MissingPackageError, Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";

async function main(): Promise<void> {
	const botocoreSession = new ApiSession();
	const services = { dynamodb: DynamoDB, sqs: SQS, s3: S3 };
	const session = new Session({ botocoreSession, regionName: "us-east-1", services });
	const table = session.resource("dynamodb").Table((await botocoreSession.describeTenant()).table);
	const batch = table.batchWriter();
	for (let n = 0; n < 30; n++) await batch.putItem({ Item: { pk: "packed", sk: String(n), n } });
	await batch.flush();
	const KeyConditionExpression = Key("pk").eq("packed");
	const { Count } = await table.query({ KeyConditionExpression, FilterExpression: Attr("n").lt(10) });
	const s3 = session.client("s3");
	await s3.uploadFileobj("uploaded", "bulk-data", "packed");
	const Params = { Bucket: "bulk-data", Key: "packed" };
	const text = await (await fetch(await s3.generatePresignedUrl("get_object", { Params }))).text();
	const code = await session
		.client("sqs")
		.getQueueUrl({ QueueName: "nope" })
		.catch((error: unknown) => (error instanceof ClientError ? error.response.Error.Code : error));
	const pages = session.client("dynamodb").getPaginator("scan").paginate({ TableName: table.name });
	const missing = await pages
		.search("Items")
		.next()
		.catch((error: unknown) => (error instanceof MissingPackageError ? error.message : error));
	let misspelt = "";
	try {
		misspelt = String((table as unknown as Record<string, unknown>).put_item);
	} catch (error) {
		misspelt = String(error);
	}
	console.log([Count, text, code, missing, misspelt].join("\n"));
}

void main();
