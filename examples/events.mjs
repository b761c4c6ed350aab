// What a session does, as metrics and as a log. `npm run examples -- events`
import { AppSession } from "echostream-botocore";

const counts = new Map();
function count(event) {
	const name = event.type === "credentialsRefreshed" ? `${event.type}.${event.reason}` : event.type;
	counts.set(name, (counts.get(name) ?? 0) + 1);
	// The one to raise an alarm for: no new credentials came, and the old ones end soon.
	if (event.type === "refreshFailed" && event.expiresInMs < 60_000) console.error("ALARM:", event.error.message);
}

const session = new AppSession({
	onEvent: count,
	logger: console, // the same in words; silent without it
});
await session.ready();
await session.credentials({ forceRefresh: true });
for (const [name, number] of counts) console.log(name, number);

session.destroy();
