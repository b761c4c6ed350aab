import type {
	AssociateSoftwareTokenResponse,
	AuthenticationResultType,
	AuthFlowType,
	ChallengeNameType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { ServerTime } from "../clock.ts";
import { AuthenticationError } from "../errors.ts";
import { type Challenge, type ChallengeAnswerer, challengeError } from "./challenges.ts";
import type { CognitoApi } from "./cognito-api.ts";
import {
	isExpiredSession,
	isForgottenDevice,
	isRefusedProof,
	isUsedUpProof,
	isWrongAnswer,
} from "./cognito-exceptions.ts";
import type { RememberedDevice } from "./devices.ts";
import { A_BYTES, passwordClaim, type SrpIdentity, type SrpKeys, secretHash, srpKeys } from "./srp.ts";

/** What a login needs to know. */
export interface CognitoLoginOptions {
	readonly api: CognitoApi;
	readonly answerer: ChallengeAnswerer;
	readonly authFlow: "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH";
	readonly clientId: string;
	readonly clientMetadata?: Readonly<Record<string, string>> | undefined;
	readonly clientSecret: string | undefined;
	readonly device: RememberedDevice | undefined;
	readonly password: string | undefined;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly serverTime: ServerTime;
	readonly username: string;
	readonly userPoolId: string;
}

/** Cognito's answer to any step of a login. */
interface Reply {
	readonly AuthenticationResult?: AuthenticationResultType | undefined;
	readonly AvailableChallenges?: readonly string[] | undefined;
	readonly ChallengeName?: string | undefined;
	readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
	readonly Session?: string | undefined;
}

/** More steps than any login takes. */
const MOST_STEPS = 20;

/** A wrong code is asked for again so often, in all. */
const MOST_ATTEMPTS = 3;

/**
 * One login, step by step: it answers what Cognito asks until there are tokens.
 *
 * - Names in answers are those that Cognito gave, in hashes, too: users may log in with an alias.
 * - A wrong code is asked for again. An expired session starts the login over, once; so does a proof whose answer got
 *   lost, and a device that Cognito forgot.
 */
export class CognitoLogin {
	readonly #options: CognitoLoginOptions;
	#name: string;
	#device: RememberedDevice | undefined;
	#keys: SrpKeys | undefined;
	#reply: Reply = {};
	#attempt = 1;
	#restarted = false;
	#setup: AssociateSoftwareTokenResponse = {};

	constructor(options: CognitoLoginOptions) {
		this.#options = options;
		this.#name = options.username;
		this.#device = options.device;
	}

	/** The user's name, as Cognito knows it. */
	get name(): string {
		return this.#name;
	}

	/** Whether Cognito no longer knows the device that the login began with. */
	get isDeviceForgotten(): boolean {
		return this.#options.device !== undefined && this.#device === undefined;
	}

	/** The challenge that stands open, after a login stopped at it. */
	get challengeName(): string | undefined {
		return this.#reply.ChallengeName;
	}

	/** Logs in. */
	async start(): Promise<AuthenticationResultType> {
		await this.#begin();
		return this.#finish();
	}

	/** Answers the open challenge, and goes on with the login from there. */
	async resume(responses: Readonly<Record<string, string>>): Promise<AuthenticationResultType> {
		const { ChallengeName = "" } = this.#reply;
		try {
			this.#take(await this.#respond(responses));
		} catch (error) {
			if (isWrongAnswer(error)) throw challengeError("ChallengeRefused", ChallengeName, error);
			throw isExpiredSession(error) ? challengeError("ChallengeExpired", ChallengeName, error) : error;
		}
		return this.#finish();
	}

	async #finish(): Promise<AuthenticationResultType> {
		for (let step = 0; step < MOST_STEPS; step++) {
			const { AuthenticationResult, ChallengeName } = this.#reply;
			if (AuthenticationResult !== undefined) return AuthenticationResult;
			if (ChallengeName === undefined) throw this.#invalid("neither tokens nor a challenge");
			try {
				this.#take(await this.#respond(await this.#answer(ChallengeName)));
			} catch (error) {
				await this.#recover(error, ChallengeName);
			}
		}
		throw this.#invalid(`more than ${MOST_STEPS} challenges`);
	}

	async #begin(): Promise<void> {
		const { api, authFlow, clientId, username } = this.#options;
		const device = this.#device === undefined ? {} : { DEVICE_KEY: this.#device.deviceKey };
		const input = {
			AuthFlow: authFlow as AuthFlowType,
			AuthParameters: { USERNAME: username, ...this.#opening(), ...(await this.#hash(username)), ...device },
			ClientId: clientId,
		};
		try {
			this.#take(await api.send("InitiateAuth", input, "login"));
		} catch (error) {
			await this.#recover(error, "PASSWORD_VERIFIER");
		}
	}

	#opening(): Record<string, string> {
		const { answerer, authFlow, password } = this.#options;
		if (password === undefined || (authFlow === "USER_AUTH" && answerer.chooses)) return {};
		switch (authFlow) {
			case "USER_SRP_AUTH":
				return this.#srpA();
			case "USER_AUTH":
				return { PREFERRED_CHALLENGE: "PASSWORD_SRP", ...this.#srpA() };
			case "CUSTOM_AUTH":
				return { CHALLENGE_NAME: "SRP_A", ...this.#srpA() };
		}
	}

	#take(reply: Reply): void {
		this.#reply = reply;
		this.#attempt = 1;
		const { USERNAME, USER_ID_FOR_SRP } = reply.ChallengeParameters ?? {};
		this.#name = USERNAME ?? USER_ID_FOR_SRP ?? this.#name;
	}

	/** Decides what becomes of a login that Cognito turned down: it throws, or the login goes on. */
	async #recover(error: unknown, challengeName: string): Promise<void> {
		const { answerer } = this.#options;
		if (isWrongAnswer(error)) {
			if (this.#attempt >= MOST_ATTEMPTS || !answerer.canTryAgain(challengeName)) {
				throw challengeError("ChallengeRefused", challengeName, error);
			}
			this.#attempt++;
			return;
		}
		const isDeviceProof = challengeName === "DEVICE_PASSWORD_VERIFIER" && isRefusedProof(error);
		if (this.#device !== undefined && (isForgottenDevice(error) || (isDeviceProof && !isExpiredSession(error)))) {
			this.#device = undefined;
			return this.#begin();
		}
		if (!isExpiredSession(error) && !isUsedUpProof(error)) throw error;
		if (this.#restarted)
			throw isExpiredSession(error) ? challengeError("ChallengeExpired", challengeName, error) : error;
		this.#restarted = true;
		return this.#begin();
	}

	async #answer(name: string): Promise<Record<string, string>> {
		const parameters = this.#reply.ChallengeParameters ?? {};
		const { answerer } = this.#options;
		const available = this.#reply.AvailableChallenges ?? [];
		const challenge: Challenge = { name, parameters, available, attempt: this.#attempt };
		switch (name) {
			case "PASSWORD_VERIFIER":
				return this.#claim({
					group: this.#options.userPoolId.slice(this.#options.userPoolId.indexOf("_") + 1),
					name: parameters.USER_ID_FOR_SRP ?? this.#name,
					password: this.#password(),
				});
			case "PASSWORD_SRP":
				return this.#srpA();
			case "PASSWORD":
				return { PASSWORD: this.#password() };
			case "DEVICE_SRP_AUTH":
				return this.#srpA();
			case "DEVICE_PASSWORD_VERIFIER": {
				const device = this.#device;
				if (device === undefined) throw challengeError("ChallengeUnanswered", name);
				return this.#claim({
					group: device.deviceGroupKey,
					name: device.deviceKey,
					password: device.devicePassword,
				});
			}
			case "MFA_SETUP":
				return this.#setUpAuthenticator(challenge);
			case "SELECT_CHALLENGE":
				return this.#select(await answerer.answer(challenge));
			default:
				return answerer.answer(challenge);
		}
	}

	/** A choice may be told together with what it takes. */
	#select({ ANSWER = "" }: Record<string, string>): Record<string, string> {
		if (ANSWER === "PASSWORD_SRP") return { ANSWER, ...this.#srpA() };
		return ANSWER === "PASSWORD" ? { ANSWER, PASSWORD: this.#password() } : { ANSWER };
	}

	async #respond(responses: Readonly<Record<string, string>>): Promise<Reply> {
		const { api, clientId, clientMetadata } = this.#options;
		const { ChallengeName, Session } = this.#reply;
		const device = this.#device === undefined ? {} : { DEVICE_KEY: this.#device.deviceKey };
		const input = {
			ChallengeName: ChallengeName as ChallengeNameType,
			ChallengeResponses: { USERNAME: this.#name, ...responses, ...(await this.#hash(this.#name)), ...device },
			ClientId: clientId,
			...(Session === undefined ? {} : { Session }),
			...(clientMetadata === undefined ? {} : { ClientMetadata: { ...clientMetadata } }),
		};
		return api.send("RespondToAuthChallenge", input, "login");
	}

	async #setUpAuthenticator(challenge: Challenge): Promise<Record<string, string>> {
		const { api, answerer } = this.#options;
		if (!answerer.canTryAgain(challenge.name)) throw challengeError("ChallengeUnanswered", challenge.name);
		// One secret for all attempts: whoever answers has typed it into an app by now.
		if (challenge.attempt === 1) {
			const { Session } = this.#reply;
			this.#setup = await api.send("AssociateSoftwareToken", { Session }, "login");
			this.#continueWith(this.#setup.Session);
		}
		const UserCode = await answerer.setupCode(challenge, this.#setup.SecretCode ?? "");
		const { Session } = this.#reply;
		this.#continueWith((await api.send("VerifySoftwareToken", { Session, UserCode }, "login")).Session);
		return {};
	}

	#continueWith(Session: string | undefined): void {
		if (Session !== undefined) this.#reply = { ...this.#reply, Session };
	}

	#srpA(): Record<string, string> {
		this.#keys = srpKeys(this.#options.randomBytes(A_BYTES));
		return { SRP_A: this.#keys.A.toString(16) };
	}

	#claim(identity: SrpIdentity): Promise<Record<string, string>> {
		const { SRP_B = "", SALT = "", SECRET_BLOCK = "" } = this.#reply.ChallengeParameters ?? {};
		if (this.#keys === undefined) throw this.#invalid("a challenge to a proof that was not offered");
		return passwordClaim(this.#keys, identity, { SRP_B, SALT, SECRET_BLOCK }, this.#options.serverTime.now());
	}

	#password(): string {
		const { password } = this.#options;
		if (password !== undefined) return password;
		throw new AuthenticationError(
			"NothingToSignInWith",
			`Cognito asks for the password of ${this.#name}, and there is none: set password`,
		);
	}

	async #hash(username: string): Promise<Record<string, string>> {
		const { clientId, clientSecret } = this.#options;
		return clientSecret === undefined ? {} : { SECRET_HASH: await secretHash(username, clientId, clientSecret) };
	}

	#invalid(what: string): AuthenticationError {
		const { userPoolId } = this.#options;
		return new AuthenticationError("InvalidCognitoAnswer", `Cognito (user pool ${userPoolId}) sent ${what}`);
	}
}
