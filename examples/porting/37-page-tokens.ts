// Read a few items of several pages, continue later with a token, and search in the pages.
import { isDeepStrictEqual } from "node:util";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

const session = new Session({ botocoreSession: new AppSession(), services: { dynamodb: DynamoDB } });
const dynamodb = session.client("dynamodb");
const TableName = process.env.TABLE;
for (let number = 0; number < 9; number++) {
	const Item = { pk: { S: "tokens" }, sk: { S: String(number) }, even: { BOOL: number % 2 === 0 } };
	await dynamodb.putItem({ TableName, Item });
}

const args = {
	TableName,
	KeyConditionExpression: "pk = :pk",
	ExpressionAttributeValues: { ":pk": { S: "tokens" } },
};
const paginator = dynamodb.getPaginator("query");

let token: string | undefined;
do {
	const PaginationConfig = { MaxItems: 4, PageSize: 3, StartingToken: token };
	const result = await paginator.paginate({ ...args, PaginationConfig }).buildFullResult();
	token = result.NextToken;
	console.log(JSON.stringify(result.Items?.map(({ sk }) => sk?.S)));
} while (token !== undefined);

const saved = { ExclusiveStartKey: { pk: { S: "tokens" }, sk: { S: "5" } }, boto_truncate_amount: 1 };
const StartingToken = Buffer.from(JSON.stringify(saved)).toString("base64");
let pages = paginator.paginate({ ...args, PaginationConfig: { MaxItems: 1, StartingToken } });
const found = [];
for await (const page of pages) found.push(page.Items?.[0]?.sk?.S);
console.log(JSON.stringify(found));
saved.boto_truncate_amount = 2;
const resumed = JSON.parse(Buffer.from(String(pages.resumeToken), "base64").toString());
console.log(JSON.stringify(isDeepStrictEqual(resumed, saved)));

pages = paginator.paginate({ ...args, PaginationConfig: { PageSize: 4 } });
const even = [];
for await (const sk of pages.search("Items[?even.BOOL].sk.S")) even.push(sk);
console.log(JSON.stringify(even));

for (let number = 0; number < 9; number++) {
	await dynamodb.deleteItem({ TableName, Key: { pk: { S: "tokens" }, sk: { S: String(number) } } });
}
