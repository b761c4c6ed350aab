import { CognitoException, wrongCredentials } from "./cognito-exception.ts";

// Sign-ins are tested against this, so it shares no formula with the client that writes a `TIMESTAMP`.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LENIENT = new RegExp(
	`^(?:${DAYS.join("|")}) (${MONTHS.join("|")}) (\\d{1,2}) (\\d{1,2}):(\\d{1,2}):(\\d{1,2}) UTC (\\d{4})$`,
);

/** Maximum difference to the client's clock. The real service's limit is not published. */
const TIMESTAMP_TOLERANCE_MS = 300_000;

function pad(value: number): string {
	return String(value).padStart(2, "0");
}

/** Formats a moment as `TIMESTAMP` requires: `EEE MMM d HH:mm:ss UTC yyyy`. */
export function srpTimestamp(epochMs: number): string {
	const date = new Date(epochMs);
	const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
	const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(":");
	return `${day} ${time} UTC ${date.getUTCFullYear()}`;
}

/**
 * Checks a `TIMESTAMP` as Cognito does, which reads it, formats it again, and verifies the signature over the result. One
 * that cannot be read is an invalid parameter. One in another format (a padded day, a wrong weekday) is like a wrong
 * password.
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
