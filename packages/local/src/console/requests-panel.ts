import { change } from "./api.ts";
import { button, el, nothing, show, timeOf } from "./dom.ts";
import { type LoggedRequest, type Model, whenChanged } from "./model.ts";

const MAX_ROWS = 200;

/** The requests as they come, newest first. */
export function requestsPanel(root: HTMLElement, model: Model): () => void {
	let isPaused = false;
	let paused: readonly LoggedRequest[] = [];
	const filter = el("input", {
		type: "search",
		placeholder: "Filter by service, operation, user or error",
		"aria-label": "Filter",
		input: () => update(),
	});
	const failures = el("input", { type: "checkbox", change: () => update() });
	const pause = button("Pause", { "aria-pressed": "false" }, () => {
		isPaused = !isPaused;
		paused = [...model.requests];
		pause.textContent = isPaused ? "Continue" : "Pause";
		pause.setAttribute("aria-pressed", String(isPaused));
		update();
	});
	const clear = button("Clear", {}, async () => {
		await change("DELETE", "requests");
		paused = [];
		model.clearRequests();
	});
	const rows = el("div", { class: "card flush" });
	show(
		root,
		el("div", { class: "tools" }, filter, el("label", { class: "check" }, failures, "Failures only"), pause, clear),
		rows,
	);
	const update = whenChanged(
		() => {
			const text = filter.value.toLowerCase();
			return (isPaused ? paused : model.requests)
				.filter((request) => !failures.checked || isFailure(request))
				.filter((request) => text === "" || JSON.stringify(request).toLowerCase().includes(text))
				.slice(0, MAX_ROWS);
		},
		(requests) =>
			show(
				rows,
				requests.length === 0
					? nothing("No request yet. Start a program with the variables of a user.")
					: el("ul", { class: "rows requests", "aria-label": "Requests" }, ...requests.map(requestRow)),
			),
	);
	return model.watch(update);
}

/** One request in one line. */
export function requestRow(request: LoggedRequest): HTMLElement {
	const { at, error, fault, operation, service, status, user } = request;
	return el(
		"li",
		{},
		timeOf(at),
		el(
			"span",
			{ class: `status ${isFailure(request) ? "bad" : "good"}` },
			status === undefined ? "none" : String(status),
		),
		el("span", { class: "operation" }, el("span", { class: "muted" }, service), " ", el("strong", {}, operation)),
		el("span", { class: "who cut" }, user ?? ""),
		el(
			"span",
			{ class: "reason" },
			error !== undefined && `${error.type}: ${error.message}`,
			fault !== undefined && el("span", { class: "tag warn" }, `fault: ${fault}`),
		),
	);
}

function isFailure({ error, status }: LoggedRequest): boolean {
	return error !== undefined || status === undefined || status >= 400;
}
