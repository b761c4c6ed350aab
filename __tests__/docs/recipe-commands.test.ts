import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { run } from "../../packages/cli/src/run.ts";
import { ROOT } from "../repository/workflow-files.ts";
import { collectingTerminal } from "./terminal.ts";

const RECIPES = `${ROOT}docs/recipes/`;

/** The commands of `echostream` in the recipes, without the programs that `exec` runs. */
const commands = readdirSync(RECIPES).flatMap((recipe) => {
	const text = readFileSync(RECIPES + recipe, "utf8");
	const shell = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, lines = ""]) => lines).join("");
	const inText = [...text.matchAll(/`([^`\n]*)`/g)].map(([, code = ""]) => code).join("\n");
	const found = `${shell}\n${inText}`.matchAll(/(?:^|\()(?:npx )?echostream(?:-cli)? ([a-z]\w+.*)/gm);
	return [...found].map(([, command = ""]) => ({ recipe, command: command.replace(/ -- .*|[)"].*/, "") }));
});

test.each(commands)("the command echostream $command of $recipe exists, with its options", async ({ command }) => {
	const [name = "", ...args] = command.split(" ");
	const terminal = collectingTerminal();
	expect(await run(["help", name], terminal)).toBe(0);
	for (const option of args.filter((arg) => arg.startsWith("--")))
		expect(terminal.printed.join("\n")).toContain(`${option} `);
});
