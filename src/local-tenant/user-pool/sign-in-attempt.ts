import type { CustomAnswer } from "./custom-challenge.ts";
import type { SrpExchange } from "./srp-server.ts";
import type { PoolAccount } from "./user-directory.ts";

/** One user's way through a login, from `InitiateAuth` to the tokens. */
export interface SignInAttempt {
	readonly account: PoolAccount;
	readonly flow: "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | "USER_PASSWORD_AUTH";
	/** The device that the client says it is. */
	deviceKey: string | undefined;
	/** Whether nothing but a new password and the tokens is left to come. */
	isSecondFactorDone: boolean;
	readonly answers: CustomAnswer[];
}

/** A challenge that waits for its answer, with what only the pool knows of it. */
export interface PendingChallenge {
	readonly name: string;
	readonly attempt: SignInAttempt;
	/** The answer that is right, where it is a fixed one: a code that was sent, or a custom answer. */
	readonly expect?: string;
	wrongAnswers: number;
}

/** An SRP proof that is being waited for. */
export interface PendingProof {
	readonly challenge: "PASSWORD_VERIFIER" | "DEVICE_PASSWORD_VERIFIER";
	readonly attempt: SignInAttempt;
	readonly exchange: SrpExchange;
	/** What the signature is over: pool and user, or group and device. */
	readonly group: string;
	readonly name: string;
	/** What the answer must bring as its `Session`, where the client was given one. */
	readonly session: string | undefined;
}
