import { auditPanel } from "./audit-panel.ts";
import { bucketsPanel } from "./buckets-panel.ts";
import { el, show } from "./dom.ts";
import { faultsPanel } from "./faults-panel.ts";
import { Model, whenChanged } from "./model.ts";
import { networkPanel } from "./network-panel.ts";
import { queuesPanel } from "./queues-panel.ts";
import { requestsPanel } from "./requests-panel.ts";
import { tablesPanel } from "./tables-panel.ts";
import { themeSelect } from "./theme.ts";
import { timePanel } from "./time-panel.ts";
import { usersPanel } from "./users-panel.ts";

type Open = (root: HTMLElement, model: Model, selected: string | undefined) => (() => void) | undefined;

const PANELS: readonly { readonly id: string; readonly title: string; readonly open: Open }[] = [
	{ id: "network", title: "Network", open: networkPanel },
	{ id: "requests", title: "Requests", open: requestsPanel },
	{ id: "users", title: "Users", open: usersPanel },
	{ id: "tables", title: "Tables", open: (root, _, selected) => void tablesPanel(root, selected) },
	{ id: "queues", title: "Queues", open: queuesPanel },
	{ id: "buckets", title: "Buckets", open: (root, _, selected) => void bucketsPanel(root, selected) },
	{ id: "audit", title: "Audit", open: (root) => void auditPanel(root) },
	{ id: "faults", title: "Faults", open: faultsPanel },
	{ id: "time", title: "Time", open: timePanel },
];

const model = new Model();
const [top, nav, main] = ["header", "nav", "main"].map((name) => document.querySelector<HTMLElement>(name));
if (top && nav && main) start(top, nav, main);

function start(top: HTMLElement, nav: HTMLElement, main: HTMLElement): void {
	const name = el("span", { class: "tenant" });
	const state = el("span", { class: "tag" });
	const clock = el("a", { href: "#time", class: "now", title: "Time of the tenant" });
	top.append(name, state, el("span", { class: "grow" }), clock, themeSelect());
	model.watch(
		whenChanged(
			() => ({ tenant: model.state, clock: model.clock, isConnected: model.isConnected }),
			({ clock: time, isConnected, tenant }) => {
				show(name, tenant === undefined ? "" : `${tenant.name} · ${tenant.region}`);
				const [kind, text] = !isConnected
					? ["bad", "no connection"]
					: tenant?.active
						? ["good", "active"]
						: ["warn", "inactive"];
				state.className = `tag ${kind}`;
				state.textContent = text;
				clock.textContent = time === undefined ? "" : `${time.now.slice(0, 10)} ${time.now.slice(11, 19)}`;
			},
		),
	);
	let close: (() => void) | undefined;
	const open = (isMove: boolean) => {
		const [id, selected] = location.hash.slice(1).split("/");
		const panel = PANELS.find((one) => one.id === id) ?? PANELS[0];
		if (panel === undefined) return;
		close?.();
		const heading = el("h2", { tabindex: -1 }, panel.title);
		const body = el("div", { class: "body" });
		show(
			nav,
			...PANELS.map((one) => el("a", { href: `#${one.id}`, "aria-current": one === panel && "page" }, one.title)),
		);
		nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
		show(main, heading, body);
		document.title = `${panel.title} · EchoStream local`;
		close = panel.open(body, model, selected === undefined ? undefined : decodeURIComponent(selected));
		if (isMove) heading.focus({ preventScroll: true });
	};
	// The link to the content changes the address too.
	window.addEventListener("hashchange", () => location.hash !== "#main" && open(true));
	open(false);
	model.start();
}
