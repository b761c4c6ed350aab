import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { runProgram } from "../support/program.ts";
import { snippetOf } from "./snippets.ts";

/** The recipe, with the real SDK: a call in a span, one in the background, and a sign-in that fails. Prints the spans. */
const PROGRAM = `
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ApiSession } from "./src/index.ts";
${snippetOf("docs/recipes/opentelemetry.md", "tracingChannel").code}
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
const within = (name: string, step: () => Promise<unknown>) => trace.getTracer("program").startActiveSpan(name, async (span) => {
	await step().catch(() => {});
	span.end();
});
const session = new ApiSession();
await within("program", () => session.credentials());
await within("failing", () => new ApiSession({ password: "wrong" }).ready());
session.destroy();
const all = exporter.getFinishedSpans();
const nameOf = (id?: string) => all.find((span) => span.spanContext().spanId === id)?.name;
console.log(JSON.stringify(all.map((span) => ({
	name: span.name,
	parent: nameOf(span.parentSpanContext?.spanId),
	status: span.status.code,
	attributes: span.attributes,
	exceptions: span.events.map(({ attributes }) => attributes?.["exception.type"]),
	lasts: span.duration[0] * 1e9 + span.duration[1] > 0,
}))));
`;

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
});
afterAll(() => tenant.stop());

test("the recipe for OpenTelemetry makes spans of a first call below the caller's span, and of a failed one with its error", async () => {
	const env = { ...process.env, ...tenant.environment({ apiUser: "admin" }) };
	const spans = (await runProgram("opentelemetry", PROGRAM, env)) as Record<string, unknown>[];
	const subject = { "echostream.username": "admin", "echostream.tenant": "local" };
	const succeeded = { status: 0, exceptions: [], lasts: true };
	const failed = { status: 2, lasts: true };
	expect(spans).toEqual([
		{ ...succeeded, name: "EchoStream sign-in", parent: "EchoStream query", attributes: expect.anything() },
		{ ...succeeded, name: "EchoStream query", parent: "EchoStream refresh", attributes: expect.anything() },
		{
			...succeeded,
			name: "EchoStream refresh",
			parent: "program",
			attributes: { ...subject, "echostream.reason": "first", "echostream.expiresInMs": expect.any(Number) },
		},
		{ ...succeeded, name: "program", attributes: {} },
		{
			...failed,
			name: "EchoStream sign-in",
			parent: "EchoStream query",
			attributes: { "echostream.username": "admin", "echostream.reason": "first" },
			exceptions: ["SignInRejected"],
		},
		{
			...failed,
			name: "EchoStream query",
			parent: "EchoStream refresh",
			attributes: { ...subject, "echostream.operationName": "getAwsCredentials" },
			exceptions: ["SignInRejected"],
		},
		{
			...failed,
			name: "EchoStream refresh",
			parent: "failing",
			attributes: { ...subject, "echostream.reason": "first" },
			exceptions: ["SignInRejected"],
		},
		{ ...succeeded, name: "failing", attributes: {} },
	]);
});
