// Clients of two versions of the AWS SDK, more than a year apart, on one session.
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as now from "client-dynamodb-now";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const { table } = await session.describeTenant();
const old = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: table }));
const recent = await session.client(now.DynamoDBClient).send(new now.DescribeTableCommand({ TableName: table }));
const { accessKeyId } = await session.credentials();
console.log(accessKeyId.slice(0, 4), old.Table?.TableName === recent.Table?.TableName ? table : "two tables");
