import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { Workplace } from "../../packages/cli/__tests__/support/workplace.ts";
import { ROOT } from "../repository/workflow-files.ts";
import { TOOLS } from "./tools.ts";

const MFA_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/** Users with an authenticator app. Each code can be used once, so that each program has a user of its own. */
const PHONES = ["amplify", "identity-js", "pycognito"] as const;
const PYTHON = join(ROOT, "__tests__/interop/tools/python");

let tenant: LocalTenant;
let workplace: Workplace;
beforeAll(async () => {
	tenant = await LocalTenant.start({
		audit: true,
		apiUsers: ["admin", "other", ...PHONES].map((username) => ({ username })),
		userPool: {
			users: PHONES.map((username) => ({
				username,
				password: `${username}-Passw0rd!`,
				mfa: [{ type: "TOTP", secret: MFA_SECRET }],
			})),
		},
	});
	workplace = new Workplace({ AWS_REGION: tenant.region, AWS_DEFAULT_REGION: tenant.region, TABLE: tenant.table });
});
afterAll(async () => {
	workplace[Symbol.dispose]();
	await tenant.stop();
});

/** Runs a program as this user, and returns what it prints. */
async function printedBy(
	[command = "", ...args]: readonly string[],
	variables: Readonly<Record<string, string>>,
): Promise<unknown> {
	const { errors, printed, status } = await workplace.run(command, args, variables);
	if (status !== 0) throw new Error(`${command} exited with ${status}: ${errors}${printed}`);
	return JSON.parse(printed);
}

const as = (identity: Parameters<LocalTenant["environment"]>[0]) => {
	const queue = tenant.directory.apps.get("external-app")?.queue ?? "";
	return { ...tenant.environment(identity), QUEUE_URL: tenant.queueUrl(queue) };
};
/** An API user, beside one with an authenticator app. */
const beside = (phone: (typeof PHONES)[number], username: string) => {
	const { PASSWORD = "" } = tenant.environment({ apiUser: phone });
	return { ...as({ apiUser: username }), MFA_USER_NAME: phone, MFA_PASSWORD: PASSWORD, MFA_SECRET };
};
const program = (commands: string, script: string) => [join(commands, "python"), join(PYTHON, script)];

const { go, java, node, oldBoto3, original } = TOOLS;

if (original !== undefined) {
	describe("the Python original", () => {
		test("an ApiSession describes the tenant, and uses its table and a queue", async () => {
			expect(await printedBy(program(original, "sessions.py"), as({ apiUser: "admin" }))).toEqual({
				described: { name: tenant.name, region: tenant.region, table: tenant.table },
				text: "hello",
				message: "admin",
				failure: "ResourceNotFoundException",
			});
		});

		test("an AppSession reads its app, and uses the table and the app's queue", async () => {
			expect(await printedBy(program(original, "sessions.py"), as({ app: "external-app" }))).toEqual({
				described: { __typename: "ExternalApp", name: "external-app", tableAccess: true },
				text: "hello",
				message: "external-app-user",
				failure: "AccessDeniedException",
			});
		});
	});

	test("pycognito signs in, verifies and renews tokens, passes a second factor, and signs out everywhere", async () => {
		expect(await printedBy(program(original, "pycognito_user.py"), beside("pycognito", "other"))).toEqual({
			name: "other",
			isRenewed: true,
			wrong: { Code: "NotAuthorizedException", Message: "Incorrect username or password." },
			signedOut: { Code: "NotAuthorizedException", Message: "Refresh Token has been revoked" },
			mfaName: "pycognito",
		});
	});

	test("a message and bulk data go from one echostream-node over an edge to another, which audits both", async () => {
		const nodes = Object.entries({ SENDER: "external-app", RECEIVER: "managed-app" }).flatMap(([name, app]) => {
			const { PASSWORD = "", USER_NAME = "" } = tenant.environment({ app });
			return [
				[`${name}_NODE`, `${app}-node`],
				[`${name}_PASSWORD`, PASSWORD],
				[`${name}_USER_NAME`, USER_NAME],
			];
		});
		const printed = await printedBy(program(original, "nodes.py"), {
			...as({ app: "external-app" }),
			...Object.fromEntries(nodes),
		});
		expect(printed).toMatchObject({
			app: "external-app",
			targets: ["managed-app-node"],
			sources: ["external-app-node"],
			received: [
				{ body: "hello", source: "external-app-node", group: "external-app-node" },
				{ body: "much data".length * 1000, source: "external-app-node" },
			],
			audit: true,
		});
		expect(tenant.auditRecords).toEqual(
			Array.from({ length: 2 }, () => expect.objectContaining({ node: "managed-app-node" })),
		);
	});
}

if (oldBoto3 !== undefined) {
	test("boto3 1.26 uses DynamoDB, S3, STS and Lambda in echostream exec", async () => {
		const command = [String(process.env.ECHOSTREAM), "exec", "--", ...program(oldBoto3, "old_boto3.py")];
		expect(await printedBy(command, as({ apiUser: "admin" }))).toEqual({
			count: 1,
			body: "body",
			keys: ["old boto3/ä"],
			account: "000000000000",
			result: { a: 1 },
		});
	});

	test("boto3 1.26 sends, receives and deletes messages with the query protocol of SQS", async () => {
		const command = [String(process.env.ECHOSTREAM), "exec", "--", ...program(oldBoto3, "old_sqs.py")];
		expect(await printedBy(command, as({ apiUser: "admin" }))).toEqual({
			protocol: "query",
			messages: ["message 0", "message 1", "message 2"],
			kinds: ["old"],
			left: { ApproximateNumberOfMessages: "0" },
			failure: "AWS.SimpleQueueService.NonExistentQueue",
		});
	});
}

if (node !== undefined) {
	const script = (name: string) => [process.execPath, join(node, name)];

	test("Amplify signs in, refreshes the session, passes a second factor, and signs out", async () => {
		expect(await printedBy(script("amplify.mjs"), beside("amplify", "admin"))).toEqual({
			wrong: "NotAuthorizedException",
			nextStep: "DONE",
			isRefreshed: true,
			username: "admin",
			isSub: true,
			after: "UserUnAuthenticatedException",
			challenge: "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
			confirmed: "DONE",
		});
	});

	test("amazon-cognito-identity-js signs in, refreshes, passes a second factor, and signs out everywhere", async () => {
		expect(await printedBy(script("cognito-identity-js.mjs"), beside("identity-js", "admin"))).toEqual({
			wrong: "NotAuthorizedException",
			username: "admin",
			isRefreshed: true,
			isSub: true,
			after: "NotAuthorizedException",
			challenge: "SOFTWARE_TOKEN_MFA",
		});
	});
}

/** What the clients in Go and Java print. */
const USED = {
	wrong: "NotAuthorizedException",
	username: "admin",
	name: "local",
	text: "hello",
	failure: "ResourceNotFoundException",
	body: "body",
	after: "NotAuthorizedException",
};

if (go !== undefined) {
	test("a client in Go signs in by SRP, describes the tenant, uses its table, a queue and the bucket, and signs out", async () => {
		const printed = await printedBy([join(go, "client")], as({ apiUser: "admin" }));
		expect(printed).toEqual({ ...USED, isRefreshed: true, message: "from Go" });
	});
}

if (java !== undefined) {
	test("a client in Java signs in by SRP, describes the tenant, uses its table, a queue and the bucket, and signs out", async () => {
		const printed = await printedBy(["java", "-cp", java, "Client"], as({ apiUser: "admin" }));
		expect(printed).toEqual({ ...USED, isRefreshed: "true", message: "from Java" });
	});
}
