import { CognitoException, wrongCredentials } from "./cognito-exception.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LENIENT = new RegExp(
	`^(?:${DAYS.join("|")}) (${MONTHS.join("|")}) (\\d{1,2}) (\\d{1,2}):(\\d{1,2}):(\\d{1,2}) UTC (\\d{4})$`,
);

/** How far a client's clock may be off. The real service's limit is not published. */
const TIMESTAMP_TOLERANCE_MS = 300_000;

function pad(value: number): string {
	return String(value).padStart(2, "0");
}

/** A moment in the form that `TIMESTAMP` must have: `EEE MMM d HH:mm:ss UTC yyyy`. */
export function srpTimestamp(epochMs: number): string {
	const date = new Date(epochMs);
	const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
	const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(":");
	return `${day} ${time} UTC ${date.getUTCFullYear()}`;
}

/**
 * Refuses a `TIMESTAMP` as Cognito does, which reads it, writes it out again, and checks the signature over what it has
 * written: what cannot be read is an invalid parameter, and what is written otherwise (a padded day, a wrong weekday)
 * only looks like a wrong password.
 */
export function checkTimestamp(timestamp: string, nowMs: number): void {
	const match = LENIENT.exec(timestamp);
	if (match === null) {
		throw new CognitoException(
			"InvalidParameterException",
			"TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
		);
	}
	const [, month, day, hours, minutes, seconds, year] = match;
	const epochMs = Date.UTC(
		Number(year),
		MONTHS.indexOf(String(month)),
		Number(day),
		Number(hours),
		Number(minutes),
		Number(seconds),
	);
	if (srpTimestamp(epochMs) !== timestamp) throw wrongCredentials();
	if (Math.abs(epochMs - nowMs) > TIMESTAMP_TOLERANCE_MS) throw wrongCredentials();
}
