/** When a set of AWS credentials is renewed. */
export interface RefreshWindowOptions {
	/**
	 * Seconds before the end from which a set is renewed in the background. Default: 5 minutes for sets that live up to 20
	 * minutes, 15 minutes up to 90 minutes, 60 minutes above; a third of the life at most.
	 */
	readonly advisoryRefreshSeconds?: number | undefined;
	/** Seconds before the end from which callers wait for the renewal. Default: 60; a tenth of the life at most. */
	readonly mandatoryRefreshSeconds?: number | undefined;
}

const MINUTE_MS = 60_000;
/** No set is renewed before two thirds of its life are over: else short-lived ones would be renewed at every call. */
const LARGEST_ADVISORY_SHARE = 1 / 3;
const LARGEST_MANDATORY_SHARE = 1 / 10;
/** The advisory window of each set begins up to this share of it later, so that a fleet does not march in step. */
const JITTER_SHARE = 1 / 10;

/** The windows of one set: they scale with its life, are fixed while it lasts, and `chance` (0 to 1) sets the jitter. */
export function refreshWindows(
	lifeMs: number,
	{ advisoryRefreshSeconds, mandatoryRefreshSeconds }: RefreshWindowOptions,
	chance: number,
): { readonly advisoryMs: number; readonly mandatoryMs: number } {
	const asked = advisoryRefreshSeconds === undefined ? byLife(lifeMs) : advisoryRefreshSeconds * 1000;
	const widest = Math.min(asked, lifeMs * LARGEST_ADVISORY_SHARE);
	const mandatory = Math.min((mandatoryRefreshSeconds ?? 60) * 1000, lifeMs * LARGEST_MANDATORY_SHARE, widest);
	return { advisoryMs: Math.max(mandatory, widest * (1 - JITTER_SHARE * chance)), mandatoryMs: mandatory };
}

/** The rule that the AWS SDKs agreed on in 2026. */
function byLife(lifeMs: number): number {
	if (lifeMs <= 20 * MINUTE_MS) return 5 * MINUTE_MS;
	return lifeMs <= 90 * MINUTE_MS ? 15 * MINUTE_MS : 60 * MINUTE_MS;
}
