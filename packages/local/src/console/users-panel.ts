import { change, read } from "./api.ts";
import { announce, attempt, button, el, nothing, openDialog, show } from "./dom.ts";
import { type Model, type UserState, whenChanged } from "./model.ts";

interface SentCode {
	readonly username: string;
	readonly kind: string;
	readonly destination: string;
	readonly code: string;
}

/** The users, what they are, and the codes that were "sent" to them. */
export function usersPanel(root: HTMLElement, model: Model): () => void {
	const list = el("div", { class: "card flush" });
	const codes = el("div", { class: "card flush" });
	show(root, list, el("h3", {}, "Codes sent"), codes);
	const unwatch = model.watch(
		whenChanged(
			() => ({ users: model.state?.users ?? [], requests: model.requests[0] }),
			({ users }) => {
				show(
					list,
					users.length === 0
						? nothing("The tenant has no user.")
						: el("ul", { class: "rows" }, ...users.map((user) => rowOf(user, model))),
				);
				void attempt(async () => showCodes(codes));
			},
		),
	);
	return unwatch;
}

async function showCodes(parent: HTMLElement): Promise<void> {
	const { codes } = await read<{ codes: readonly SentCode[] }>("codes");
	if (codes.length === 0) return show(parent, nothing("No code was sent by SMS or e-mail."));
	const rows = codes
		.toReversed()
		.map(({ code, destination, kind, username }) =>
			el(
				"li",
				{},
				el("code", { class: "big" }, code),
				el("span", { class: "grow" }, `${username}, ${destination}`),
				el("span", { class: "tag" }, kind),
			),
		);
	show(parent, el("ul", { class: "rows" }, ...rows));
}

function rowOf(user: UserState, model: Model): HTMLElement {
	const { app, disabled, mfa, role, status, username } = user;
	const path = `users/${encodeURIComponent(username)}`;
	const label = (action: string) => ({ "aria-label": `${action}: ${username}`, "data-key": `${action} ${username}` });
	return el(
		"li",
		{ class: "user" },
		el("strong", { class: "grow" }, username),
		el(
			"span",
			{ class: "tags" },
			el(
				"span",
				{ class: "tag" },
				app !== undefined ? `app ${app}` : role !== undefined ? `API user, ${role}` : "user pool",
			),
			...mfa.map((factor) => el("span", { class: "tag" }, `MFA ${factor}`)),
			status !== "CONFIRMED" && el("span", { class: "tag warn" }, status),
			disabled && el("span", { class: "tag bad" }, "disabled"),
		),
		el(
			"span",
			{ class: "actions" },
			(app !== undefined || role !== undefined) && button("Variables", label("Variables"), () => showVariables(user)),
			button("Password", label("Password"), () => changePassword(username, path)),
			button("Sign out", label("Sign out"), async () => {
				await change("POST", "tokens/revoke", { user: username });
				announce(`The tokens of ${username} are revoked.`);
			}),
			button(disabled ? "Enable" : "Disable", label("Disable"), async () => {
				await change("PATCH", path, { disabled: !disabled });
				await model.refresh();
			}),
		),
	);
}

async function showVariables({ app, username }: UserState): Promise<void> {
	const identity = new URLSearchParams(app !== undefined ? { app } : { apiUser: username });
	const variables = await read<Record<string, string>>(`environment?${identity}`);
	const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
	openDialog(
		`Variables of ${app ?? username}`,
		el("p", {}, "Set them in the shell of a program. They have the password."),
		el("pre", { tabindex: 0 }, lines.join("\n")),
		button("Copy", { class: "main" }, async () => {
			await navigator.clipboard.writeText(lines.join("\n"));
			announce("The variables are copied.");
		}),
	);
}

function changePassword(username: string, path: string): void {
	const input = el("input", { type: "text", required: true, autocomplete: "off", spellcheck: "false" });
	const dialog = openDialog(
		`Password of ${username}`,
		el(
			"form",
			{
				submit: (event) => {
					event.preventDefault();
					void attempt(async () => {
						await change("PATCH", path, { password: input.value });
						dialog.close();
						announce(`The password of ${username} is set.`);
					});
				},
			},
			el("label", {}, "New password", input),
			el("button", { class: "main" }, "Set password"),
		),
	);
	input.focus();
}
