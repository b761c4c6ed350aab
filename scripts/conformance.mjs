// npm run docs:conformance: sends every operation of every service to a local tenant, with the commands of the AWS SDK and the fields of the
// GraphQL schema, and writes which ones the tenant has to docs/conformance.md, with a test that uses each. --check fails if the document is
// out of date. An operation with a response that is no response of its service, or that no test uses, fails both.
import { createHash, createHmac } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiSession, Cognito } from "../dist/esm/index.js";
import { LocalTenant } from "../packages/local/dist/esm/index.js";
import { root } from "./packages.mjs";

const DOCUMENT = join(root, "docs/conformance.md");

/** The codes with which a service rejects an operation that it does not have. */
const REJECTED = new Set(["InvalidAction", "NotImplemented", "UnknownOperationException"]);

/** Members that stand in paths, which the SDK requires. Every other member is absent. */
const LABELS = Object.fromEntries(
	[
		...["Arn", "CallbackId", "CapacityProviderName", "CodeSigningConfigArn", "DurableExecutionArn", "Id", "Key"],
		...["LayerName", "Qualifier", "Resource", "ResourceArn", "StatementId", "UploadId", "UUID"],
	].map((name) => [name, "x"]),
);
const INPUT = {
	...LABELS,
	Bucket: "bulk-data",
	CopySource: "bulk-data/x",
	FunctionName: "echo",
	Name: "x",
	VersionNumber: 1,
};

/** STS has no client among the development dependencies. */
const STS = [
	...["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage"],
	...["GetAccessKeyInfo", "GetCallerIdentity", "GetDelegatedAccessToken", "GetFederationToken", "GetSessionToken"],
	"GetWebIdentityToken",
];

let cachedTests;
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const isChecking = process.argv.includes("--check");
const problems = [];
const tenant = await LocalTenant.start();
const { APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = tenant.environment({
	apiUser: "admin",
});
const user = new Cognito({
	clientId: CLIENT_ID,
	endpoint: tenant.url,
	password: PASSWORD,
	userPoolId: USER_POOL_ID,
	username: USER_NAME,
});
const session = new ApiSession({ appsyncEndpoint: APPSYNC_ENDPOINT, tenant: TENANT, cognito: user });
try {
	const text = `${[
		"# What the local tenant has",
		"Written by `npm run docs:conformance`, which sends every operation of these services to a local tenant: with the commands of the AWS SDK " +
			"for JavaScript that this repository uses, and the fields of the GraphQL schema. `npm run docs:check` fails when this document is out " +
			"of date.",
		"An operation that the tenant has is listed with a test that uses it. Every other operation is rejected with the error of its service.",
		...(await services()),
	].join("\n\n")}\n`;
	if (!isChecking) writeFileSync(DOCUMENT, text);
	else if (readFileSync(DOCUMENT, "utf8") !== text)
		problems.push("docs/conformance.md is out of date: run `npm run docs:conformance`");
} finally {
	session.destroy();
	user.destroy();
	await tenant.stop();
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

async function services() {
	const sections = [];
	for (const [name, module, Client] of [
		["Cognito user pools", cognito, cognito.CognitoIdentityProviderClient],
		["DynamoDB", dynamodb, dynamodb.DynamoDBClient],
		["Lambda", lambda, lambda.LambdaClient],
		["S3", s3, s3.S3Client],
		["SNS", sns, sns.SNSClient],
		["SQS", sqs, sqs.SQSClient],
	]) {
		const config = { endpoint: tenant.url, forcePathStyle: true, disableHostPrefix: true, maxAttempts: 1, logger: {} };
		const client = session.client(Client, config);
		const commands = Object.keys(module).flatMap((key) => /^(?!\$)(\w+)Command$/.exec(key)?.[1] ?? []);
		sections.push(
			await section(name, commands, (command) =>
				client.send(new module[`${command}Command`](INPUT)).then(() => "", codeOf),
			),
		);
	}
	sections.push(await section("STS", STS, callSts));
	for (const [type, keyword] of [
		["Query", "query"],
		["Mutation", "mutation"],
	]) {
		const { data } = await query(`{ __type(name: "${type}") { fields { name } } }`);
		const fields = data.__type.fields.map(({ name }) => name);
		sections.push(await section(`EchoStream API: ${type}`, fields, (field) => callGraphql(keyword, field)));
	}
	return sections;
}

/** Sends each operation, and returns the section of a service. */
async function section(service, operations, send) {
	const real = [];
	const rejected = new Map();
	for (const operation of [...new Set(operations)].sort()) {
		const code = await send(operation);
		if (/^(InternalFailure|InternalError|Error|SyntaxError|TimeoutError|5\d\d)?$/.test(code) && code !== "")
			problems.push(`${service} ${operation}: ${code} is no error of the service`);
		if (REJECTED.has(code)) rejected.set(code, [...(rejected.get(code) ?? []), operation]);
		else real.push(operation);
	}
	const rows = real.map((operation) => {
		const test = testOf(operation);
		if (test === undefined) problems.push(`${service} ${operation}: no test uses it`);
		return `| \`${operation}\` | ${test === undefined ? "" : `[${test.split("/").at(-1)}](../${test})`} |`;
	});
	const proof = service === "STS" ? "lambda-and-sts.test.ts" : "operations.test.ts";
	const lists = [...rejected].map(
		([code, names]) =>
			`Rejected with \`${code}\`, as [${proof}](../packages/local/__tests__/aws/${proof}) shows: ${names.map((name) => `\`${name}\``).join(", ")}.`,
	);
	const count = `${real.length} of ${real.length + [...rejected.values()].flat().length}`;
	return [`## ${service}: ${count}`, ["| operation | test |", "|---|---|", ...rows].join("\n"), ...lists].join("\n\n");
}

function codeOf({ $metadata, name }) {
	return $metadata?.httpStatusCode >= 500 && name !== "NotImplemented" ? String($metadata.httpStatusCode) : name;
}

async function callSts(action) {
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	const signer = new SignatureV4({
		credentials: { accessKeyId, secretAccessKey, sessionToken },
		region: tenant.region,
		service: "sts",
		sha256: class {
			#hash;
			constructor(key) {
				this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
			}
			update(data) {
				this.#hash.update(data);
			}
			async digest() {
				return this.#hash.digest();
			}
		},
	});
	const { host } = new URL(tenant.url);
	const body = `Action=${action}&Version=2011-06-15`;
	const headers = { host, "content-type": "application/x-www-form-urlencoded" };
	const signed = await signer.sign({ method: "POST", protocol: "http:", hostname: host, path: "/", headers, body });
	const response = await fetch(tenant.url, { method: "POST", headers: signed.headers, body });
	const text = await response.text();
	if (response.status >= 500) return String(response.status);
	return response.ok ? "" : (/<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? "Error");
}

/** Calls a field with no more than its required arguments. An error of the validation is no proof, so that these have values. */
async function callGraphql(keyword, field) {
	const { data } = await query(`{ __type(name: "${keyword === "query" ? "Query" : "Mutation"}") { fields { name
		type { ...t } args { name type { ...t } } } } } fragment t on __Type { kind name ofType { kind name ofType { kind name ofType { name kind } } } }`);
	const { args, type } = data.__type.fields.find(({ name }) => name === field);
	const required = args.filter((one) => one.type.kind === "NON_NULL");
	const given = required.map((one) => `${one.name}: ${literalOf(one.type.ofType)}`).join(", ");
	const selection = isLeaf(type) ? "" : " { __typename }";
	const { errors } = await query(`${keyword} { ${field}${given && `(${given})`}${selection} }`);
	const [error] = errors ?? [];
	if (error === undefined) return "";
	return /^Validation error/.test(error.message) ? `Error ${error.message}` : (error.errorType ?? "null");
}

function isLeaf({ kind, ofType }) {
	return kind === "NON_NULL" || kind === "LIST" ? isLeaf(ofType) : kind === "SCALAR" || kind === "ENUM";
}

function literalOf({ kind, name, ofType }) {
	if (kind === "NON_NULL") return literalOf(ofType);
	if (kind === "LIST") return "[]";
	if (kind === "INPUT_OBJECT") return "{}";
	if (name === "Int") return "1";
	if (name === "Boolean") return "false";
	return name === "AWSJSON" ? '"{}"' : '"x"';
}

async function query(document) {
	const response = await fetch(APPSYNC_ENDPOINT, {
		method: "POST",
		headers: { authorization: user.accessToken, "content-type": "application/json" },
		body: JSON.stringify({ query: document }),
	});
	return response.json();
}

/** A test that uses an operation: of the local tenant before others. */
function testOf(operation) {
	const method = `${operation[0].toLowerCase()}${operation.slice(1)}`;
	const snake = operation.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
	const uses = new RegExp(`\\b${operation}(Command)?\\b|\\.${method}\\(|\\.${snake}\\(`);
	// The tests of the API name a type, such as "KmsKey", to get one.
	const gets = new RegExp(`\\bget\\([^]*"\\w*${operation.replace(/^Get/, "")}"`);
	const found = tests().find(({ source }) => uses.test(source)) ?? tests().find(({ source }) => gets.test(source));
	return found?.path;
}

function tests() {
	const folders = ["packages/local/__tests__", "__tests__", "packages/boto3/__tests__", "examples/porting"];
	cachedTests ??= folders.flatMap((folder) => {
		const paths = readdirSync(join(root, folder), { encoding: "utf8", recursive: true }).sort();
		const used = paths.filter(
			(path) => /\.(test\.ts|py)$|porting.*\.ts$|clients\/.*/.test(path) && !/\/operations\.test|malformed/.test(path),
		);
		return used.map((path) => ({
			path: relative(root, join(root, folder, path)).replaceAll("\\", "/"),
			source: readFileSync(join(root, folder, path), "utf8"),
		}));
	});
	return cachedTests;
}
