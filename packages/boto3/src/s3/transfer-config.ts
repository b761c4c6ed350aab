import { checkOptions } from "../options.ts";
import { strict } from "../strict.ts";

/** Settings of a {@link TransferConfig}. */
export interface TransferSettings {
	/** Size from which on an object is transferred in parts, bytes. Default: 8 MiB. */
	readonly multipartThreshold?: number | undefined;
	/** Size of a part, bytes. Uploads need at least 5 MiB, and at most 10,000 parts: smaller sizes are raised. Default: 8 MiB. */
	readonly multipartChunksize?: number | undefined;
	/** Maximum number of parts at a time. Each is in memory. Default: 10. */
	readonly maxConcurrency?: number | undefined;
	/** Maximum attempts to read the content of a part. Default: 5. */
	readonly numDownloadAttempts?: number | undefined;
	/** `false`: one part at a time. Default: `true`. */
	readonly useThreads?: boolean | undefined;
}

const MB = 1024 * 1024;
const DEFAULTS = {
	multipartThreshold: 8 * MB,
	multipartChunksize: 8 * MB,
	maxConcurrency: 10,
	numDownloadAttempts: 5,
	useThreads: true,
};

/** How S3 objects are transferred, as in boto3. */
export class TransferConfig {
	static {
		strict(TransferConfig);
	}

	/** See {@link TransferSettings.multipartThreshold}. */
	readonly multipartThreshold: number;
	/** See {@link TransferSettings.multipartChunksize}. */
	readonly multipartChunksize: number;
	/** See {@link TransferSettings.maxConcurrency}. */
	readonly maxConcurrency: number;
	/** See {@link TransferSettings.numDownloadAttempts}. */
	readonly numDownloadAttempts: number;
	/** See {@link TransferSettings.useThreads}. */
	readonly useThreads: boolean;

	/** @throws TypeError for an unknown setting, and RangeError for a number that is not a positive integer. */
	constructor(settings: TransferSettings = {}) {
		checkOptions("TransferConfig", settings, Object.keys(DEFAULTS));
		for (const [name, value] of Object.entries(settings)) {
			if (name !== "useThreads" && value !== undefined && !(Number.isSafeInteger(value) && Number(value) > 0)) {
				throw new RangeError(`${name} of TransferConfig must be a positive integer, not ${String(value)}.`);
			}
		}
		this.multipartThreshold = settings.multipartThreshold ?? DEFAULTS.multipartThreshold;
		this.multipartChunksize = settings.multipartChunksize ?? DEFAULTS.multipartChunksize;
		this.maxConcurrency = settings.maxConcurrency ?? DEFAULTS.maxConcurrency;
		this.numDownloadAttempts = settings.numDownloadAttempts ?? DEFAULTS.numDownloadAttempts;
		this.useThreads = settings.useThreads ?? DEFAULTS.useThreads;
	}
}

/** Maximum number of parts at a time. */
export function concurrencyOf({ maxConcurrency, useThreads }: TransferConfig): number {
	return useThreads ? maxConcurrency : 1;
}

/** Limits of S3 for the parts of an upload or a copy. */
const [MIN_PART, MAX_PARTS] = [5 * MB, 10_000];

/** Size of the parts of an upload or a copy, bytes. */
export function partSizeOf(config: TransferConfig, size = 0): number {
	return Math.max(config.multipartChunksize, MIN_PART, Math.ceil(size / MAX_PARTS));
}
