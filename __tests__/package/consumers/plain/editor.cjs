// Prints what an editor shows about the names in edited.ts, one line each: whether it has documentation, the file to which "go to
// definition" leads, and the line there. The argument is the folder of TypeScript.
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { join, relative, resolve } = require("node:path");
const { createInterface } = require("node:readline");

const server = spawn(process.execPath, [
	join(process.argv[2], "lib/tsserver.js"),
	"--disableAutomaticTypingAcquisition",
]);
const file = resolve("edited.ts");
const waiting = new Map();
createInterface({ input: server.stdout }).on("line", (line) => {
	if (!line.startsWith("{")) return;
	const { body, request_seq } = JSON.parse(line);
	waiting.get(request_seq)?.(body);
});

function send(command, position) {
	const seq = waiting.size + 1;
	server.stdin.write(`${JSON.stringify({ seq, type: "request", command, arguments: { file, ...position } })}\n`);
	return new Promise((done) => waiting.set(seq, done));
}

async function main() {
	void send("open");
	for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
		if (/^(import|\/\/|$)/.test(line)) continue;
		for (const { 0: name, index: column } of line.matchAll(/\b[a-zA-Z]+\b/g)) {
			const position = { line: index + 1, offset: column + 1 };
			const [definition] = (await send("definition", position)) ?? [];
			if (!definition?.file.includes("node_modules/echostream-")) continue;
			const { documentation = [] } = await send("quickinfo", position);
			const isDocumented = documentation.length > 0 && documentation !== "";
			const found = readFileSync(definition.file, "utf8").split("\n")[definition.start.line - 1];
			const path = relative("node_modules", definition.file).replaceAll("\\", "/");
			console.log([name, isDocumented ? "documented" : "undocumented", path, found.trim()].join(" | "));
		}
	}
	server.kill();
}

void main();
