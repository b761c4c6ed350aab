import { change, read } from "./api.ts";
import { announce, attempt, button, el, nothing, show } from "./dom.ts";
import { type Model, whenChanged } from "./model.ts";

interface ActiveFault {
	readonly id: number;
	readonly fault: Readonly<Record<string, unknown>>;
	readonly met: number;
}

const THROTTLED = { errors: [{ errorType: "TooManyRequestsException", message: "Rate exceeded" }] };

/** Failures that can be switched on without a form. */
const SWITCHES: readonly { readonly name: string; readonly text: string; readonly fault: Record<string, unknown> }[] = [
	{
		name: "Slow sign-in",
		text: "Each request to Cognito takes 2 seconds longer.",
		fault: { service: "cognito", delayMs: 2000 },
	},
	{ name: "Cognito outage", text: "Cognito responds with 503.", fault: { service: "cognito", status: 503 } },
	{
		name: "AppSync throttles",
		text: "AppSync responds with 429.",
		fault: { service: "appsync", status: 429, body: THROTTLED },
	},
	{
		name: "No AWS credentials",
		text: "Queries for credentials fail with 500.",
		fault: { operation: "getAwsCredentials", status: 500 },
	},
	{ name: "Broken connections", text: "Connections break in the middle of a response.", fault: { drop: "midway" } },
	{ name: "No response", text: "Requests are never responded to.", fault: { hang: true } },
	{ name: "Wi-Fi sign-in page", text: "Responses are the page of a captive portal.", fault: { corrupt: "html" } },
	{ name: "Wrong clock", text: "The Date of responses is an hour ahead.", fault: { dateSkewMs: 3_600_000 } },
];

/** Effects of the form, each with the kind of its value. */
const EFFECTS: Readonly<
	Record<string, { readonly label: string; readonly value: string; readonly choices?: readonly string[] }>
> = {
	status: { label: "Status of the response", value: "503" },
	delayMs: { label: "Delay in milliseconds", value: "1000" },
	drop: { label: "Break the connection", value: "after", choices: ["before", "midway", "after"] },
	corrupt: { label: "Spoil the body", value: "truncated", choices: ["html", "truncated", "empty", "null"] },
	slowDripMs: { label: "Milliseconds between two bytes", value: "20" },
	dateSkewMs: { label: "Shift of the Date in milliseconds", value: "600000" },
};

const PORT_CLOSED_MS = 5000;

/** Faults to switch on, and those that are on. */
export function faultsPanel(root: HTMLElement, model: Model): () => void {
	const switches = el("ul", { class: "switches" });
	const active = el("div", { class: "card flush" });
	let faults: readonly ActiveFault[] = [];
	const refresh = async () => {
		({ faults } = await read<{ faults: readonly ActiveFault[] }>("faults"));
		update();
	};
	const update = whenChanged(
		() => faults,
		() => {
			show(switches, ...SWITCHES.map((one) => switchOf(one, faults, refresh)));
			show(active, ...activeList(faults, refresh));
		},
	);
	show(
		root,
		switches,
		el(
			"div",
			{ class: "tools" },
			button("Close the port for 5 seconds", {}, async () => {
				await change("POST", "faults", { drop: "refuse", forMs: PORT_CLOSED_MS });
				announce("The port accepts no connection for 5 seconds.");
			}),
		),
		el("h3", {}, "Another fault"),
		faultForm(model, refresh),
		el("h3", {}, "Switched on"),
		active,
	);
	void attempt(refresh);
	const timer = setInterval(() => void refresh().catch(() => undefined), 2000);
	return () => clearInterval(timer);
}

function switchOf(
	{ fault, name, text }: (typeof SWITCHES)[number],
	faults: readonly ActiveFault[],
	refresh: () => Promise<void>,
): HTMLElement {
	const on = faults.find((one) => sameFault(one.fault, fault));
	const control = button(
		name,
		{ role: "switch", "aria-checked": String(on !== undefined), "data-key": name },
		async () => {
			if (on === undefined) await change("POST", "faults", fault);
			else await change("DELETE", `faults/${on.id}`);
			await refresh();
		},
	);
	return el("li", { class: "card" }, control, el("p", { class: "muted" }, text));
}

function sameFault(one: object, other: object): boolean {
	const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
	return sorted(one) === sorted(other);
}

function activeList(faults: readonly ActiveFault[], refresh: () => Promise<void>): HTMLElement[] {
	if (faults.length === 0) return [nothing("No fault is switched on.")];
	const rows = faults.map(({ fault, id, met }) =>
		el(
			"li",
			{},
			el("code", { class: "grow" }, JSON.stringify(fault)),
			el("span", { class: "tag" }, met === 1 ? "1 request" : `${met} requests`),
			button("Remove", { "aria-label": `Remove fault ${id}`, "data-key": `remove ${id}` }, async () => {
				await change("DELETE", `faults/${id}`);
				await refresh();
			}),
		),
	);
	const all = button("Remove all", {}, async () => {
		await change("DELETE", "faults");
		await refresh();
	});
	return [el("ul", { class: "rows" }, ...rows), el("div", { class: "more" }, all)];
}

function faultForm(model: Model, refresh: () => Promise<void>): HTMLElement {
	const effect = el(
		"select",
		{ change: () => showValue() },
		...Object.entries(EFFECTS).map(([value, { label }]) => el("option", { value }, label)),
	);
	const value = el("span", {});
	const operation = el("input", { list: "operations", placeholder: "all", autocomplete: "off" });
	const operations = el("datalist", { id: "operations" });
	const times = el("input", { type: "number", min: 1, placeholder: "all", inputmode: "numeric" });
	const showValue = () => {
		const { choices, value: first } = EFFECTS[effect.value] ?? { value: "" };
		const field =
			choices === undefined
				? el("input", { type: "number", value: first, required: true })
				: el("select", {}, ...choices.map((one) => el("option", { selected: one === first }, one)));
		show(value, el("label", {}, "Value", field));
	};
	showValue();
	return el(
		"form",
		{
			class: "card fields",
			focusin: () => {
				const seen = [...new Set(model.requests.map((request) => request.operation))].sort();
				show(operations, ...seen.map((name) => el("option", { value: name })));
			},
			submit: (event) => {
				event.preventDefault();
				const field = value.querySelector<HTMLInputElement | HTMLSelectElement>("input, select");
				const given = field?.value ?? "";
				void attempt(async () => {
					await change("POST", "faults", {
						[effect.value]: EFFECTS[effect.value]?.choices === undefined ? Number(given) : given,
						...(operation.value !== "" && { operation: operation.value }),
						...(times.value !== "" && { times: Number(times.value) }),
					});
					await refresh();
				});
			},
		},
		el("label", {}, "Effect", effect),
		value,
		el("label", {}, "Operation", operation, operations),
		el("label", {}, "Number of requests", times),
		el("button", { class: "main" }, "Switch on"),
	);
}
