const VALID = ["fresh", "advisory", "mandatory", "last seconds"];
const WITHOUT = ["cold", "expired"];

/** The tables of docs/failures.md, by name, from the results of the tests. */
export function failureTables({ matrix, soak }) {
	const { "service-calls": services, ...own } = matrix;
	return {
		matrix: matrixTable(matrix),
		"valid credentials": table(["what goes wrong", ...VALID.map((moment) => TITLES[moment])], own, VALID),
		"no valid credentials": table(["what goes wrong", ...WITHOUT.map((moment) => TITLES[moment])], own, WITHOUT),
		"service calls": serviceTable(services),
		soak: soakTable(soak),
	};
}

const TITLES = {
	fresh: "fresh",
	advisory: "in the advisory window",
	mandatory: "30 seconds left",
	"last seconds": "2 seconds left",
	cold: "no credentials yet",
	expired: "expired",
};

const PARTS = {
	"sign-in": "sign-in with a password",
	challenges: "second factors, and functions of the caller",
	devices: "remembered devices",
	refreshes: "token refresh and query",
	"service-calls": "calls of an AWS service",
};

function matrixTable(matrix) {
	const sum = (results) => results.reduce((total, { cells }) => total + cells, 0);
	const cellsOf = (section) => sum(Object.values(section).flatMap((moments) => Object.values(moments)));
	const parts = Object.entries(PARTS).map(([name, title]) => [title, matrix[name]]);
	const rows = parts.flatMap(([title, section]) => (section === undefined ? [] : [[title, count(cellsOf(section))]]));
	const all = Object.values(matrix).map(cellsOf);
	return lines([["part", "cells"], ...rows, ["**all**", `**${count(all.reduce((a, b) => a + b, 0))}**`]]);
}

function table(header, sections, moments) {
	const groups = merged(Object.values(sections));
	const rows = [...groups].map(([group, results]) => [group, ...moments.map((moment) => cell(results[moment]))]);
	return lines([header, ...rows]);
}

function serviceTable(section) {
	const moments = [...WITHOUT.slice(0, 1), ...VALID, ...WITHOUT.slice(1)];
	const all = merged([Object.fromEntries(Object.entries(section).map(([group, results]) => [group, results]))]);
	const one = {};
	for (const results of all.values()) for (const moment of moments) one[moment] = join(one[moment], results[moment]);
	return lines([moments.map((moment) => TITLES[moment]), moments.map((moment) => cell(one[moment]))]);
}

/** The results of several parts of the matrix together, by group. */
function merged(sections) {
	const groups = new Map();
	for (const [group, results] of sections.flatMap((section) => Object.entries(section))) {
		const before = groups.get(group) ?? {};
		const entries = Object.entries(results).map(([moment, result]) => [moment, join(before[moment], result)]);
		groups.set(group, Object.fromEntries(entries));
	}
	return groups;
}

function join(a, b) {
	if (a === undefined) return b;
	return {
		outcomes: [...new Set([...a.outcomes, ...b.outcomes])].sort(),
		longestWaitSeconds: Math.max(a.longestWaitSeconds, b.longestWaitSeconds),
		cells: a.cells + b.cells,
	};
}

function cell({ outcomes, longestWaitSeconds }) {
	const codes = outcomes.filter((outcome) => !outcome.endsWith("credentials"));
	const served = outcomes.filter((outcome) => outcome.endsWith("credentials"));
	const parts = [...served, ...(codes.length === 0 ? [] : [codes.map((code) => `\`${code}\``).join(", ")])];
	const when = longestWaitSeconds === 0 ? "at once" : `after at most ${longestWaitSeconds} s`;
	return `${parts.join(" or ")}, ${when}`;
}

function soakTable({ real, simulated }) {
	const runs = [simulated, real].filter((run) => run !== undefined);
	const row = (name, value) => [name, ...runs.map((run) => String(value(run)))];
	return lines([
		["", ...runs.map((run) => (run === real ? "real minutes" : "simulated days"))],
		row("duration", (run) =>
			run === real ? `${Math.round(run.hours * 60)} minutes` : `${Math.round(run.hours / 24)} days`,
		),
		row("calls for credentials", ({ calls }) => count(calls)),
		row("outages", ({ outages }) => count(outages)),
		row("sessions, one after the other", ({ sessions }) => count(sessions)),
		row("**failed calls with valid credentials**", (run) => `**${run.failedWithValidCredentials}**`),
		row("longest wait with valid credentials", (run) => `${run.longestWaitWithValidCredentialsMs / 1000} s`),
		row("longest wait", (run) => `${run.longestWaitMs / 1000} s`),
		row("outages that outlasted the credentials, and ended with the next call", ({ recoveries }) => count(recoveries)),
		row("requests", ({ requests }) => count(requests)),
		row("growth of the memory in use", (run) => `${(run.heapGrowthBytes / 2 ** 20).toFixed(1)} MiB`),
		row("seed", ({ seed }) => seed),
	]);
}

const count = (number) => number.toLocaleString("en-US");

function lines([header, ...rows]) {
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [line(header), `|${"---|".repeat(header.length)}`, ...rows.map(line)].join("\n");
}
