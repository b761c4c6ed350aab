// Use several tenants in one process, with one session each and no settings from the environment.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";

for (const login of JSON.parse(process.env.TENANTS ?? "[]")) {
	process.env.AWS_ENDPOINT_URL = login.endpoint_url; // for local tenants only
	await using session = new ApiSession({
		appsyncEndpoint: login.appsync_endpoint,
		clientId: login.client_id,
		duration: 1800,
		password: login.password,
		tenant: login.tenant,
		userPoolId: login.user_pool_id,
		username: login.username,
		regionName: login.region,
	});
	const dynamodb = session.client(DynamoDB);
	const { Table } = await dynamodb.describeTable({ TableName: login.table });
	console.log(
		JSON.stringify({
			tenant: session.tenant,
			region: await session.regionName(),
			table: Table?.TableName,
			keys: Table?.KeySchema?.map((key) => key.AttributeName),
		}),
	);
}
