/** Options of a session for when its AWS credentials are refreshed. */
export interface RefreshWindowOptions {
	readonly advisoryRefreshSeconds?: number | undefined;
	readonly mandatoryRefreshSeconds?: number | undefined;
}

const MINUTE_MS = 60_000;
/** Credentials are not refreshed in the first two thirds of their lifetime, or short-lived ones would be at every call. */
const MAX_ADVISORY_SHARE = 1 / 3;
const MAX_MANDATORY_SHARE = 1 / 10;
/** The advisory window is shortened by a random share of up to this, so that a fleet does not refresh at the same time. */
const JITTER_SHARE = 1 / 10;

/** The refresh windows of one set of credentials, in proportion to its lifetime. `jitter` is from 0 to 1. */
export function refreshWindows(
	lifetimeMs: number,
	{ advisoryRefreshSeconds, mandatoryRefreshSeconds }: RefreshWindowOptions,
	jitter: number,
): { readonly advisoryMs: number; readonly mandatoryMs: number } {
	const configured = advisoryRefreshSeconds === undefined ? byLifetime(lifetimeMs) : advisoryRefreshSeconds * 1000;
	const advisory = Math.min(configured, lifetimeMs * MAX_ADVISORY_SHARE);
	const mandatory = Math.min((mandatoryRefreshSeconds ?? 60) * 1000, lifetimeMs * MAX_MANDATORY_SHARE, advisory);
	return { advisoryMs: Math.max(mandatory, advisory * (1 - JITTER_SHARE * jitter)), mandatoryMs: mandatory };
}

/** The rule that the AWS SDKs agreed on in 2026. */
function byLifetime(lifetimeMs: number): number {
	if (lifetimeMs <= 20 * MINUTE_MS) return 5 * MINUTE_MS;
	return lifetimeMs <= 90 * MINUTE_MS ? 15 * MINUTE_MS : 60 * MINUTE_MS;
}
