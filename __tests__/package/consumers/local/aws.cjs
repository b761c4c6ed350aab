// Signs in as an app, and calls DynamoDB, SQS, SNS and S3 without a package: with the signature of AWS's documentation.
const { createHash, createHmac } = require("node:crypto");

const hash = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** Returns the HTTP status of one request to each service. */
exports.callAws = async (tenant) => {
	const credentials = await credentialsOf(tenant);
	const json = (service, target, input) =>
		call(tenant, credentials, {
			service,
			headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
			body: JSON.stringify(input),
		});
	const form = { "content-type": "application/x-www-form-urlencoded" };
	return [
		await json("dynamodb", "DynamoDB_20120810.PutItem", {
			TableName: tenant.table,
			Item: { pk: { S: "a" }, sk: { S: "b" } },
		}),
		await json("sqs", "AmazonSQS.ListQueues", {}),
		await call(tenant, credentials, { service: "sns", headers: form, body: "Action=ListTopics" }),
		await call(tenant, credentials, { service: "s3", method: "PUT", path: "/bulk-data/key", body: "content" }),
	];
};

/** The options of a tenant that `callAws` can sign in to. */
exports.options = { userPool: { authFlows: ["USER_PASSWORD_AUTH"] } };

async function credentialsOf(tenant) {
	const { APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, USER_NAME } = tenant.environment({ apiUser: "admin" });
	const signIn = await fetch(tenant.url, {
		method: "POST",
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
		},
		body: JSON.stringify({
			ClientId: CLIENT_ID,
			AuthFlow: "USER_PASSWORD_AUTH",
			AuthParameters: { USERNAME: USER_NAME, PASSWORD },
		}),
	});
	const { AuthenticationResult } = await signIn.json();
	const query = `{ GetTenant(tenant: "local") { GetAwsCredentials(duration: 3600) { accessKeyId secretAccessKey sessionToken } } }`;
	const response = await fetch(APPSYNC_ENDPOINT, {
		method: "POST",
		headers: { authorization: AuthenticationResult.AccessToken },
		body: JSON.stringify({ query }),
	});
	return (await response.json()).data.GetTenant.GetAwsCredentials;
}

async function call(tenant, credentials, { body, headers = {}, method = "POST", path = "/", service }) {
	const time = new Date().toISOString().replace(/[:-]|\.\d+/g, "");
	const scope = [time.slice(0, 8), tenant.region, service, "aws4_request"];
	const all = {
		...headers,
		host: new URL(tenant.url).host,
		"x-amz-content-sha256": hash(body),
		"x-amz-date": time,
		"x-amz-security-token": credentials.sessionToken,
	};
	const names = Object.keys(all).sort();
	const lines = names.map((name) => `${name}:${all[name]}\n`).join("");
	const request = [method, path, "", lines, names.join(";"), hash(body)].join("\n");
	const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), hash(request)].join("\n");
	const key = scope.reduce(hmac, `AWS4${credentials.secretAccessKey}`);
	const signature = hmac(key, toSign).toString("hex");
	const credential = `${credentials.accessKeyId}/${scope.join("/")}`;
	const { host: _, ...sent } = all;
	const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
	return (await fetch(`${tenant.url}${path}`, { method, headers: { ...sent, authorization }, body })).status;
}
