import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { PseudoTerminal } from "./support/pseudo-terminal.ts";
import { ECHOSTREAM, Workplace } from "./support/workplace.ts";

/** Bold text, as on a terminal with colors. */
const BOLD = "\u001b[1m";

let tenant: LocalTenant;
let workplace: Workplace;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	workplace = new Workplace(tenant.environment({ app: "external-app" }));
});
afterAll(async () => {
	workplace[Symbol.dispose]();
	await tenant.stop();
});

/** Runs a line of a shell, in which `$echostream` is the command. */
function shell(line: string) {
	return workplace.run("sh", ["-c", line], { echostream: `${process.execPath} ${ECHOSTREAM}` });
}

describe("the streams of echostream", () => {
	test.each(["queues", "queues --json", "query '{ GetVersion }'", "--help", "port --help"])(
		"%s ends silently when the program that reads its output has ended",
		async (command) => {
			expect(await shell(`{ $echostream ${command}; echo "status $?" >&2; } | true`)).toMatchObject({
				errors: "status 0\n",
			});
		},
	);

	test("the first line of the queues is read by head", async () => {
		const { errors, printed } = await shell("$echostream queues | head -n 1");
		expect([printed, errors]).toEqual([expect.stringMatching(/^APP +SOURCE .*\n$/), ""]);
	});

	test("tail ends when head has read enough", async () => {
		const send = await workplace.echostream(["send", "--lines"], {}, "one\ntwo\n");
		expect(send).toMatchObject({ status: 0, errors: "" });
		const app = { ...tenant.environment({ app: "managed-app" }), echostream: `${process.execPath} ${ECHOSTREAM}` };
		const tail = "$echostream tail --delete --json | head -n 1";
		const ended = workplace.run("sh", ["-c", tail], app);
		// On a busy machine, both lines may be in the pipe before head ends. Then it is a later one that nobody reads.
		while ((await Promise.race([ended, setTimeout(3_000, undefined, { ref: false })])) === undefined)
			await workplace.echostream(["send", "later"]);
		expect(await ended).toMatchObject({ printed: expect.stringContaining('"one"'), errors: "" });
		// At least the last message is still there.
		const rest = await workplace.echostream(["tail", "-n", "1", "--json"], app);
		expect(rest.printed).toMatch(/"body":"(one|two|later)"/);
	});

	test.each(["queues >&-", "queues 2>&-", "queues <&-"])(
		"a stream that is closed is no failure: %s",
		async (command) => {
			expect(await shell(`$echostream ${command}`)).toMatchObject({ status: 0, errors: "" });
		},
	);

	test("results go to standard output, and failures to standard error", async () => {
		expect(await workplace.echostream(["query", "{ NoSuchField }"])).toMatchObject({ status: 1, printed: "" });
		expect(await workplace.echostream(["queues"])).toMatchObject({ status: 0, errors: "" });
	});

	test("a terminal shows headings in bold, unless NO_COLOR is set", async () => {
		using colored = PseudoTerminal.echostream(["queues"], workplace);
		expect(await colored.status).toBe(0);
		expect(colored.received).toContain(`${BOLD}APP `);
		using plain = PseudoTerminal.echostream(["queues"], workplace, { NO_COLOR: "1" });
		expect(await plain.status).toBe(0);
		expect(plain.received).toMatch(/^APP /m);
		expect(plain.received).not.toContain("\u001b[");
	});

	test("output that is piped has no control sequences", async () => {
		for (const command of [["queues"], ["--help"], ["whoami"], ["tables"]]) {
			const { errors, printed } = await workplace.echostream(command);
			expect(`${printed}${errors}`).not.toContain("\u001b");
		}
	});
});
