import { checkOptions, checkParameters } from "../options.ts";
import { TransferConfig } from "./transfer-config.ts";

/** Options of a transfer, as in boto3. */
export interface TransferOptions<Args> {
	/** Further parameters of the operation, such as `ContentType`. */
	readonly ExtraArgs?: Args | undefined;
	/** Receives the number of bytes that were transferred since the last call. */
	readonly Callback?: ((bytes: number) => void) | undefined;
	/** How to transfer. */
	readonly Config?: TransferConfig | undefined;
}

/** The options of a transfer with their defaults. */
interface ReadOptions<Args> {
	readonly ExtraArgs: Args | Record<never, never>;
	readonly Callback: ((bytes: number) => void) | undefined;
	readonly Config: TransferConfig;
}

/**
 * Checks the options of a transfer, and adds their defaults.
 *
 * @param method - Name of the method, for messages.
 * @throws TypeError for an unknown option, parameter or setting.
 */
export function readTransferOptions<Args extends object>(
	method: string,
	options: TransferOptions<Args>,
): ReadOptions<Args> {
	checkOptions(`${method}()`, options, ["ExtraArgs", "Callback", "Config"]);
	const { ExtraArgs, Callback, Config } = options;
	checkParameters("ExtraArgs", ExtraArgs ?? {});
	return { ExtraArgs: ExtraArgs ?? {}, Callback, Config: new TransferConfig(Config) };
}
