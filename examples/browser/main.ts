import { AppSession, Cognito, isEchoStreamError } from "echostream-botocore";
import { CredentialsCard } from "./credentials-card.ts";
import { element } from "./element.ts";
import { TenantCards } from "./tenant-cards.ts";

type Settings = Readonly<
	Record<
		"app" | "appsyncEndpoint" | "clientId" | "endpoint" | "password" | "tenant" | "userPoolId" | "username",
		string
	>
>;

const READ_EVERY_MS = 2000;

const form = element<HTMLFormElement>("sign-in");
const credentialsCard = new CredentialsCard();

/** Creates a session. Only a local tenant needs `endpoint`, because the SDK cannot read AWS_ENDPOINT_URL in a page. */
function open({ app, appsyncEndpoint, endpoint, tenant, ...user }: Settings): AppSession {
	const onEvent = credentialsCard.show;
	const own = endpoint === "" ? {} : { endpoint };
	const cognito = new Cognito({ ...user, ...own, onEvent });
	const session = new AppSession({ cognito, app, appsyncEndpoint, tenant, onEvent });
	session.setDefaultClientConfig(own);
	return session;
}

async function signIn(settings: Settings): Promise<void> {
	const session = open(settings);
	try {
		await session.ready();
		const cards = new TenantCards(session);
		await cards.describe();
		await cards.read();
		show(session, cards);
	} catch (error) {
		session.destroy();
		credentialsCard.clear();
		throw error;
	}
}

function show(session: AppSession, cards: TenantCards): void {
	const closing = new AbortController();
	const { signal } = closing;
	const guarded = (act: () => Promise<void>) => async () => {
		await act().catch((error: unknown) => {
			if (!signal.aborted) console.error(error);
		});
	};
	const showKey = async () => credentialsCard.showKey((await session.credentials()).accessKeyId);
	const read = guarded(async () => {
		await cards.read();
		await showKey();
	});
	// A session refreshes on use only: these calls keep its credentials fresh.
	const reading = setInterval(() => {
		if (element<HTMLInputElement>("reading").checked) void read();
	}, READ_EVERY_MS);
	element("add").addEventListener(
		"click",
		guarded(() => cards.addItem()),
		{ signal },
	);
	const refresh = guarded(async () => {
		await session.ready({ forceRefresh: true });
		await showKey();
	});
	element("refresh").addEventListener("click", refresh, { signal });
	element("sign-out").addEventListener(
		"click",
		() => {
			clearInterval(reading);
			closing.abort();
			session.destroy();
			credentialsCard.clear();
			setSignedIn(undefined);
		},
		{ signal },
	);
	void read();
	setSignedIn(`${session.cognito.username} in app ${session.app}`);
}

function setSignedIn(who: string | undefined): void {
	element("who").textContent = who ?? "Not signed in.";
	form.hidden = who !== undefined;
	for (const id of ["tenant", "sign-out"]) element(id).hidden = who === undefined;
}

form.addEventListener("submit", async (submitted) => {
	submitted.preventDefault();
	const button = form.querySelector("button");
	const settings = Object.fromEntries(new FormData(form)) as Settings;
	element("failure").textContent = "";
	button?.setAttribute("disabled", "");
	try {
		await signIn(settings);
	} catch (error) {
		element("failure").textContent = isEchoStreamError(error) ? error.message : String(error);
	} finally {
		button?.removeAttribute("disabled");
	}
});

// The settings of the local tenant, if serve.mjs serves this page.
const response = await fetch("settings.json").catch(() => undefined);
if (response?.headers.get("content-type")?.includes("json")) {
	for (const [name, value] of Object.entries((await response.json()) as Settings)) {
		form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.setAttribute("value", value);
	}
}
