import { InvalidValue, integer, object, text } from "../shape.ts";
import { ControlError, type RouteContext, type Routes } from "./route.ts";

const CHANGE = object({ advanceMs: integer(0, Number.MAX_SAFE_INTEGER), now: text });
const LAST = Date.UTC(9999, 11, 31);

/** The tenant's clock. */
export const CLOCK_ROUTES: Routes = {
	"GET /clock": clockOf,
	async "POST /clock"(context, { body }) {
		CHANGE(body, "");
		const { advanceMs, now } = body;
		if ((advanceMs === undefined) === (now === undefined)) {
			throw new InvalidValue("The change is invalid: use one of advanceMs, now");
		}
		const { clock } = context.tenant;
		const ms = now === undefined ? Number(advanceMs) : dateOf(String(now)) - clock.now();
		if (clock.now() + ms > LAST) throw new InvalidValue("The date is invalid: use one before the year 10000");
		if (clock.jump === undefined) {
			throw new ControlError(409, "The clock cannot be moved: the program that started the tenant provides it");
		}
		if (now === undefined && clock.advance !== undefined) await clock.advance(ms);
		else clock.jump(ms);
		return clockOf(context);
	},
};

function clockOf({ tenant: { clock } }: RouteContext) {
	return { now: new Date(clock.now()).toISOString(), isMovable: clock.jump !== undefined };
}

function dateOf(text: string): number {
	const date = Date.parse(text);
	if (Number.isNaN(date) || date < 0) throw new InvalidValue("now is invalid: use a date such as 2026-01-31T12:00:00Z");
	return date;
}
