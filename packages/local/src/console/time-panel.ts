import { change } from "./api.ts";
import { announce, attempt, button, el, show } from "./dom.ts";
import { type Model, whenChanged } from "./model.ts";

const MINUTE_MS = 60_000;
const STEPS: readonly (readonly [label: string, ms: number])[] = [
	["1 minute", MINUTE_MS],
	["5 minutes", 5 * MINUTE_MS],
	["1 hour", 60 * MINUTE_MS],
	["1 day", 1440 * MINUTE_MS],
	["31 days", 31 * 1440 * MINUTE_MS],
];

/** The clock to move, and what else ends a sign-in. */
export function timePanel(root: HTMLElement, model: Model): () => void {
	const clock = el("p", { class: "clock", "aria-label": "Time of the tenant" });
	const steps = el("div", { class: "tools" });
	const date = el("input", { type: "datetime-local", step: 1, required: true });
	const active = el("div", { class: "tools" });
	const move = async (body: object, label: string) => {
		const { now } = await change<{ now: string }>("POST", "clock", body);
		clock.textContent = readable(now);
		announce(`${label} The tenant has ${readable(now)}.`);
	};
	show(
		steps,
		...STEPS.map(([label, advanceMs]) =>
			button(`+ ${label}`, { "data-key": label }, () => move({ advanceMs }, `The clock was advanced by ${label}.`)),
		),
	);
	show(
		root,
		el(
			"div",
			{ class: "card" },
			clock,
			steps,
			el(
				"form",
				{
					class: "fields",
					submit: (event) => {
						event.preventDefault();
						void attempt(() => move({ now: `${date.value}Z` }, "The clock was set."));
					},
				},
				el("label", {}, "Date, UTC", date),
				el("button", { class: "main" }, "Set"),
			),
		),
		el("h3", {}, "Sign-ins and credentials"),
		el(
			"div",
			{ class: "card" },
			active,
			el(
				"div",
				{ class: "tools" },
				button("Expire all AWS credentials", {}, async () => {
					await change("POST", "access-keys/expire");
					announce("All AWS credentials have expired.");
				}),
				button("Revoke all AWS credentials", {}, async () => {
					await change("POST", "access-keys/revoke");
					announce("All AWS credentials are unknown now.");
				}),
			),
		),
	);
	const unwatchClock = model.watch(
		whenChanged(
			() => model.clock,
			(state) => {
				if (state === undefined) return;
				clock.textContent = readable(state.now);
				for (const control of root.querySelectorAll<HTMLButtonElement>(".tools [data-key], .fields button")) {
					control.disabled = !state.isMovable;
				}
			},
		),
	);
	const unwatchActive = model.watch(
		whenChanged(
			() => model.state?.active,
			(isActive) =>
				show(
					active,
					button(
						"Tenant is active",
						{ role: "switch", "aria-checked": String(isActive === true), "data-key": "active tenant" },
						async () => {
							await change("PATCH", "tenant", { active: isActive !== true });
							await model.refresh();
						},
					),
					el("span", { class: "muted" }, "Only an active tenant issues AWS credentials."),
				),
		),
	);
	return () => {
		unwatchClock();
		unwatchActive();
	};
}

function readable(iso: string): string {
	return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
