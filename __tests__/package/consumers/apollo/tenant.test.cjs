// Run by jest without any configuration: a tenant of its own, in CommonJS.
const { ReceiveMessageCommand, SQSClient } = require("@aws-sdk/client-sqs");
const { AppSession } = require("echostream-botocore");
const { LocalTenant } = require("echostream-local");

let tenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
});
// Also after a failure. A tenant that runs would keep jest from its end.
afterAll(() => tenant.stop());

test("a tenant of its own", async () => {
	const session = new AppSession();
	const QueueUrl = tenant.queueUrl("app-external-app");
	const { Messages } = await session.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
	expect(Messages ?? []).toEqual([]);
	session.destroy();
});
