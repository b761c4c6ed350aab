/** Date, time, a fraction of up to nine digits, and a zone: `Z` or `±hh:mm`, to which only AppSync adds `:ss`. */
const AWS_DATE_TIME =
	/^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?)$/;

const MAX_LENGTH = "2026-01-01T00:00:00.000000000+00:00:00".length;

/**
 * Parses an AppSync `AWSDateTime`, and returns milliseconds since 1970. `undefined` for anything else.
 * `Date.parse` rejects offsets with seconds, and treats a time without a zone as local.
 *
 * @see https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
 */
export function parseAwsDateTime(text: unknown): number | undefined {
	const match = typeof text === "string" && text.length <= MAX_LENGTH ? AWS_DATE_TIME.exec(text) : null;
	if (match === null) return undefined;
	const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const [fraction = "", sign, ...zone] = match.slice(7);
	const [zoneHours = 0, zoneMinutes = 0, zoneSeconds = 0] = zone.map((part) => Number(part ?? 0));
	if (hours > 23 || minutes > 59 || seconds > 59 || zoneHours > 18 || zoneMinutes > 59 || zoneSeconds > 59)
		return undefined;
	const local = new Date(Date.UTC(year, month - 1, day, hours, minutes, seconds));
	local.setUTCFullYear(year);
	if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
	const offset = (zoneHours * 3600 + zoneMinutes * 60 + zoneSeconds) * 1000 * (sign === "-" ? -1 : 1);
	return local.getTime() + Math.floor(Number(`0.${fraction}0`) * 1000) - offset;
}
