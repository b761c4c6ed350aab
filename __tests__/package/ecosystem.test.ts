import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { record } from "../../scripts/record.mjs";
import { Consumer } from "./consumer.ts";

/** Libraries that a program uses with a session: with its clients, as its logger, or to observe it. */
const LIBRARIES = [
	"@aws-lambda-powertools/logger",
	"@aws-sdk/lib-dynamodb",
	"@aws-sdk/lib-storage",
	"@opentelemetry/instrumentation-http",
	"aws-sdk-client-mock",
	"dynamodb-toolbox",
	"electrodb",
	"pino",
];

let tenant: LocalTenant;
let consumer: Consumer;
let results: Record<string, unknown>;

beforeAll(async () => {
	tenant = await LocalTenant.start();
	consumer = new Consumer("ecosystem", {
		...tenant.environment({ apiUser: "admin" }),
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
	});
	results = JSON.parse(await consumer.node("libraries.cjs"));
});

afterAll(() => tenant.stop());

test.each(LIBRARIES)("the packed package works with %s", (library) => {
	expect(results[library]).toBe("read");
	record("libraries", library, consumer.version(library));
});
