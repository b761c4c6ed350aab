// Metrics and a log of what a session does. `npm run examples -- events`
import { AppSession } from "echostream-botocore";

const counts = new Map();
function count(event) {
	const name = event.type === "credentialsRefreshed" ? `${event.type}.${event.reason}` : event.type;
	counts.set(name, (counts.get(name) ?? 0) + 1);
	// Raise an alarm here: the refresh failed, and the current credentials expire within a minute.
	if (event.type === "refreshFailed" && event.expiresInMs < 60_000) console.error("ALARM:", event.error.message);
}

const session = new AppSession({
	onEvent: count,
	logger: console, // log messages about the same events; the default is no log
});
await session.ready();
await session.credentials({ forceRefresh: true });
for (const [name, number] of counts) console.log(name, number);

session.destroy();
