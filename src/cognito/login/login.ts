import type {
	AssociateSoftwareTokenResponse,
	AuthenticationResultType,
	ChallengeNameType,
} from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationError, ChallengeError } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { TimeBudget } from "../../platform/deadlines.ts";
import type { ServerClock } from "../../platform/server-clock.ts";
import type { CognitoApi } from "../api/api.ts";
import {
	isExpiredSession,
	isForgottenDevice,
	isRejectedProof,
	isRepeated,
	isUsedUpProof,
	isWrongAnswer,
} from "../api/exceptions.ts";
import { jwtClaims } from "../api/jwt-claims.ts";
import type { SendOperation } from "../api/operations.ts";
import { type IssuedTokens, issuedTokens } from "../api/response-validation.ts";
import type { AppClient } from "./app-client.ts";
import { challengeError } from "./challenge-error.ts";
import { type AuthFlow, ChallengeSequence, isKnownChallenge, type Opening } from "./challenge-sequence.ts";
import type { ChallengeAnswerer } from "./challenges.ts";
import { type DeviceOutcome, type RememberedDevice, registerDevice } from "./devices.ts";
import type { Interaction } from "./interaction.ts";
import { A_BYTES, passwordClaim, type SrpIdentity, type SrpKeys, srpKeys } from "./srp.ts";
import { srpCrypto } from "./srp-crypto.ts";

/** What every login of a user has in common. */
export interface LoginSetup {
	readonly api: CognitoApi;
	readonly client: AppClient;
	readonly clock: Clock;
	readonly serverClock: ServerClock;
	readonly authFlow: AuthFlow;
	/** Deadline of the network steps together, milliseconds. */
	readonly loginTimeoutMs: number;
}

/** Who signs in, with what. */
export interface LoginInput {
	/** Name or alias of the user. */
	readonly username: string;
	readonly password: string | undefined;
	readonly device: RememberedDevice | undefined;
	/** Whether the program keeps a device that Cognito names. */
	readonly keepsDevice: boolean;
	readonly answerer: ChallengeAnswerer;
	readonly clientMetadata: Readonly<Record<string, string>> | undefined;
}

/** A login that succeeded. */
export interface LoginSuccess {
	readonly tokens: IssuedTokens;
	/** The user's name, as Cognito knows it. */
	readonly username: string;
	/** The password that Cognito accepted: the new one, where one was set. */
	readonly acceptedPassword: string | undefined;
	/** The last challenge that a function answered, and so perhaps a person. */
	readonly interactiveChallenge: string | undefined;
	readonly device: DeviceOutcome;
}

/** A login that failed, or stopped at a challenge. */
export interface LoginFailure {
	readonly error: unknown;
	/** The login, where it stopped at a challenge that may still be answered. */
	readonly pending: CognitoLogin | undefined;
	readonly device: DeviceOutcome;
}

export type LoginOutcome = LoginSuccess | LoginFailure;

/** Cognito's response to any step of a login. */
interface StepResponse {
	readonly AuthenticationResult?: AuthenticationResultType | undefined;
	readonly AvailableChallenges?: readonly string[] | undefined;
	readonly ChallengeName?: string | undefined;
	readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
	readonly Session?: string | undefined;
}

/** Fields of a request or response of Cognito's. */
type Fields = Readonly<Record<string, string>>;

/** What one run of a login works with: its first, or the rest of it after the caller's own response. */
interface LoginRun {
	readonly interaction: Interaction;
	/** Sends a request within the time that the run has. */
	readonly send: SendOperation;
}

/**
 * Maximum number of responses. The longest login that Cognito documents has eight (`SELECT_CHALLENGE`, `PASSWORD_SRP`,
 * `PASSWORD_VERIFIER`, `NEW_PASSWORD_REQUIRED`, `SELECT_MFA_TYPE`, a code, `DEVICE_SRP_AUTH`,
 * `DEVICE_PASSWORD_VERIFIER`), may start over once, and may have two wrong codes each time.
 */
const MAX_ROUNDS = 20;

/** Parameters beside `SRP_A` in the first request. */
const SRP_FIELDS = {
	USER_SRP_AUTH: {},
	USER_AUTH: { PREFERRED_CHALLENGE: "PASSWORD_SRP" },
	CUSTOM_AUTH: { CHALLENGE_NAME: "SRP_A" },
} as const;

/** The servers' time that a proof was made for, and when that was by the monotonic clock. Milliseconds. */
interface ProofTime {
	readonly time: number;
	readonly at: number;
}

/** Cognito accepts a proof whose time differs by this much from its own. */
const TIME_TOLERANCE_MS = 60_000;

/** Maximum number of answers to one challenge, of which all but the last were wrong. */
const MAX_ATTEMPTS = 3;

/**
 * One login. It answers the challenges until there are tokens, and returns the outcome. It changes nothing else.
 *
 * - Only what the flow can lead to is answered: see {@link ChallengeSequence}.
 * - One SRP key gives one proof. A login that starts over makes a new one.
 * - Responses and their hashes carry the name that Cognito gave first, because users may sign in with an alias. Another
 *   name later ends the login.
 * - A wrong code is requested again. An expired session restarts the login, once. So does a proof whose response was lost,
 *   a device that Cognito has forgotten, and a rejected proof where another time may be right.
 */
export class CognitoLogin {
	readonly #setup: LoginSetup;
	readonly #input: LoginInput;
	readonly #names = new LoginNames();
	#sequence: ChallengeSequence;
	#device: RememberedDevice | undefined;
	#keys: SrpKeys | undefined;
	#acceptedPassword: string | undefined;
	#newPassword: string | undefined;
	#response: StepResponse = {};
	#authenticatorSetup: AssociateSoftwareTokenResponse = {};
	#attempt = 1;
	#rounds = 0;
	#hasRestarted = false;
	#proof: ProofTime | undefined;
	#failedProof: ProofTime | undefined;

	constructor(setup: LoginSetup, input: LoginInput) {
		this.#setup = setup;
		this.#input = input;
		this.#device = input.device;
		this.#sequence = new ChallengeSequence(setup.authFlow, "USERNAME");
	}

	/** The challenge that is open, after a login stopped at it. */
	get challengeName(): string | undefined {
		return this.#response.ChallengeName;
	}

	/** Signs in. Never rejects. */
	run(interaction: Interaction): Promise<LoginOutcome> {
		return this.#outcome(interaction, (run) => this.#begin(run));
	}

	/** Sends the caller's response to the open challenge, and goes on from there. Never rejects. */
	resume(responses: Fields, interaction: Interaction): Promise<LoginOutcome> {
		return this.#outcome(interaction, async (run) => {
			const { challengeName = "" } = this;
			try {
				await this.#respond(run, responses);
			} catch (error) {
				if (isWrongAnswer(error)) throw challengeError("ChallengeRejected", challengeName, error);
				throw isExpiredSession(error) ? challengeError("ChallengeExpired", challengeName, error) : error;
			}
		});
	}

	async #outcome(interaction: Interaction, start: (run: LoginRun) => Promise<void>): Promise<LoginOutcome> {
		const { userPoolId } = this.#setup.client;
		const { answerer, keepsDevice, username } = this.#input;
		const run = this.#newRun(interaction);
		try {
			await start(run);
			const tokens = issuedTokens(await this.#finish(run), userPoolId);
			const { AccessToken, NewDeviceMetadata = {} } = tokens;
			const registration = await registerDevice(NewDeviceMetadata, AccessToken, keepsDevice, run.send);
			return {
				tokens,
				username: this.#names.username ?? jwtClaims(AccessToken).username ?? username,
				acceptedPassword: this.#acceptedPassword,
				interactiveChallenge: answerer.interactiveChallenge,
				device: { isForgotten: this.#isDeviceForgotten, ...registration },
			};
		} catch (error) {
			const isOpen =
				error instanceof ChallengeError && (error.code === "ChallengeUnanswered" || error.code === "ChallengeRejected");
			return { error, pending: isOpen ? this : undefined, device: { isForgotten: this.#isDeviceForgotten } };
		}
	}

	#newRun(interaction: Interaction): LoginRun {
		const { api, client, clock, loginTimeoutMs } = this.#setup;
		const networkTime = new TimeBudget(clock, loginTimeoutMs, () => {
			const message = `Signing in to Cognito (user pool ${client.userPoolId}) timed out after ${loginTimeoutMs} ms (loginTimeoutMs). Try again later.`;
			return new AuthenticationError("SignInTimedOut", message, { transient: true });
		});
		const send: SendOperation = (operation, input, purpose) =>
			networkTime.run((signal, end) => api.send(operation, input, purpose, signal, end), interaction.signal);
		return { interaction, send };
	}

	get #isDeviceForgotten(): boolean {
		return this.#input.device !== undefined && this.#device === undefined;
	}

	async #begin(run: LoginRun): Promise<void> {
		const { authFlow, client } = this.#setup;
		const { opening, fields } = this.#opening();
		this.#sequence = new ChallengeSequence(authFlow, opening);
		const AuthParameters = await this.#withIdentity(this.#input.username, fields);
		const input = { AuthFlow: authFlow, AuthParameters, ClientId: client.clientId };
		try {
			const response = await run.send("InitiateAuth", input, "login");
			if (opening === "PASSWORD") this.#acceptedPassword = fields.PASSWORD;
			this.#accept(response);
		} catch (error) {
			await this.#recover(run, error, opening === "PASSWORD" ? "PASSWORD" : "PASSWORD_VERIFIER");
		}
	}

	#opening(): { readonly opening: Opening; readonly fields: Fields } {
		const { authFlow } = this.#setup;
		const { answerer, password } = this.#input;
		if (authFlow === "USER_PASSWORD_AUTH") return { opening: "PASSWORD", fields: { PASSWORD: this.#password() } };
		if (password === undefined || (authFlow === "USER_AUTH" && answerer.choosesFirstFactor)) {
			return { opening: "USERNAME", fields: {} };
		}
		return { opening: "SRP_A", fields: { ...SRP_FIELDS[authFlow], ...this.#newKeys() } };
	}

	async #finish(run: LoginRun): Promise<AuthenticationResultType> {
		for (; ; this.#rounds++) {
			const { AuthenticationResult, ChallengeName } = this.#response;
			if (AuthenticationResult !== undefined) return AuthenticationResult;
			if (ChallengeName === undefined) throw this.#invalid("neither tokens nor a challenge");
			if (this.#rounds >= MAX_ROUNDS) throw this.#invalid(`more than ${MAX_ROUNDS} challenges in one login`);
			try {
				await this.#respond(run, await this.#answer(run, ChallengeName));
			} catch (error) {
				await this.#recover(run, error, ChallengeName);
			}
		}
	}

	/** Takes what Cognito sent, if it may follow. */
	#accept(response: StepResponse): void {
		const { ChallengeName, ChallengeParameters = {} } = response;
		if (ChallengeName !== undefined) {
			if (!/^\w{1,64}$/.test(ChallengeName)) throw this.#invalid("a malformed challenge name");
			if (!isKnownChallenge(ChallengeName)) throw challengeError("ChallengeUnknown", ChallengeName);
			if (!this.#sequence.allows(ChallengeName)) throw challengeError("ChallengeUnexpected", ChallengeName);
		}
		if (!this.#names.accept(ChallengeParameters)) {
			const message = `Cognito (user pool ${this.#setup.client.userPoolId}) named another user than at the start of this login, which was stopped. Check \`endpoint\` and \`AWS_ENDPOINT_URL\`.`;
			throw new AuthenticationError("UsernameMismatch", message);
		}
		this.#response = response;
		this.#attempt = 1;
	}

	/** Decides what becomes of a login whose last step failed: it throws, or the login goes on. */
	async #recover(run: LoginRun, error: unknown, challengeName: string): Promise<void> {
		const { answerer } = this.#input;
		if (isWrongAnswer(error)) {
			if (this.#attempt >= MAX_ATTEMPTS || !answerer.canTryAgain(challengeName)) {
				throw challengeError("ChallengeRejected", challengeName, error);
			}
			this.#attempt++;
			return;
		}
		const isDeviceProof = challengeName === "DEVICE_PASSWORD_VERIFIER" && isRejectedProof(error);
		if (this.#device !== undefined && (isForgottenDevice(error) || (isDeviceProof && !isExpiredSession(error)))) {
			this.#device = undefined;
			return this.#begin(run);
		}
		const isExpired = isExpiredSession(error);
		const isPasswordProof = challengeName === "PASSWORD_VERIFIER" && isRejectedProof(error) && !isExpired;
		const isWrongTime = isPasswordProof && this.#failedProof === undefined && this.#hasOtherTime();
		// The password itself is good more than once, and every wrong one brings a lockout nearer.
		const isUsedUp = isUsedUpProof(error) && challengeName !== "PASSWORD";
		if (!isExpired && !isWrongTime && !isUsedUp) throw error;
		if (this.#hasRestarted && isExpired) throw challengeError("ChallengeExpired", challengeName, error);
		if (this.#hasRestarted) throw isUsedUp ? this.#lostResponses(error) : error;
		this.#hasRestarted = true;
		// The new password was set, and the response was lost.
		if (challengeName === "NEW_PASSWORD_REQUIRED" && isRepeated(error)) this.#acceptedPassword = this.#newPassword;
		return this.#begin(run);
	}

	async #answer(run: LoginRun, name: string): Promise<Fields> {
		const { answerer } = this.#input;
		const challenge = this.#challenge(name);
		switch (name) {
			case "PASSWORD_VERIFIER":
				return this.#proofOf(this.#passwordIdentity());
			case "PASSWORD_SRP":
				return this.#newPasswordKeys();
			case "PASSWORD":
				return { PASSWORD: this.#password() };
			case "DEVICE_SRP_AUTH":
				return this.#newDeviceKeys();
			case "DEVICE_PASSWORD_VERIFIER":
				return this.#proofOf(this.#deviceIdentity());
			case "MFA_SETUP":
				return this.#setUpAuthenticator(run);
			case "SELECT_CHALLENGE":
				return this.#choose(await answerer.answer(challenge, run.interaction));
			default:
				return answerer.answer(challenge, run.interaction);
		}
	}

	#challenge(name: string) {
		const { AvailableChallenges: available = [], ChallengeParameters: parameters = {} } = this.#response;
		return { name, parameters, available, attempt: this.#attempt };
	}

	/** A choice is sent together with what it takes. */
	#choose({ ANSWER = "" }: Fields): Fields {
		if (ANSWER === "PASSWORD_SRP") return { ANSWER, ...this.#newPasswordKeys() };
		return ANSWER === "PASSWORD" ? { ANSWER, PASSWORD: this.#password() } : { ANSWER };
	}

	/** Sends the response to the open challenge, and takes what Cognito sends back. */
	async #respond(run: LoginRun, responses: Fields): Promise<void> {
		const { clientMetadata, username } = this.#input;
		const { ChallengeName = "", Session } = this.#response;
		const input = {
			ChallengeName: ChallengeName as ChallengeNameType,
			ChallengeResponses: await this.#withIdentity(this.#names.username ?? username, responses),
			ClientId: this.#setup.client.clientId,
			...(Session === undefined ? {} : { Session }),
			...(clientMetadata === undefined ? {} : { ClientMetadata: { ...clientMetadata } }),
		};
		this.#newPassword = responses.NEW_PASSWORD;
		const response = await run.send("RespondToAuthChallenge", input, "login");
		this.#sequence.advance(ChallengeName, responses.ANSWER);
		const { NEW_PASSWORD, PASSWORD = ChallengeName === "PASSWORD_VERIFIER" ? this.#password() : undefined } = responses;
		this.#acceptedPassword = NEW_PASSWORD ?? PASSWORD ?? this.#acceptedPassword;
		this.#accept(response);
	}

	/** `fields` with what every request of a login carries. */
	async #withIdentity(USERNAME: string, fields: Fields): Promise<Record<string, string>> {
		const SECRET_HASH = await this.#setup.client.secretHash(USERNAME);
		return {
			USERNAME,
			...fields,
			...(SECRET_HASH === undefined ? {} : { SECRET_HASH }),
			...(this.#device === undefined ? {} : { DEVICE_KEY: this.#device.deviceKey }),
		};
	}

	async #setUpAuthenticator({ interaction, send }: LoginRun): Promise<Fields> {
		const { answerer } = this.#input;
		const challenge = this.#challenge("MFA_SETUP");
		if (!answerer.canTryAgain(challenge.name)) throw challengeError("ChallengeUnanswered", challenge.name);
		// One secret for all attempts: the person has typed it into an app by now.
		if (challenge.attempt === 1) {
			const { Session } = this.#response;
			this.#authenticatorSetup = await send("AssociateSoftwareToken", { Session }, "login");
			this.#continueWith(this.#authenticatorSetup.Session);
		}
		const UserCode = await answerer.setupCode(challenge, this.#authenticatorSetup.SecretCode ?? "", interaction);
		const { Session } = this.#response;
		this.#continueWith((await send("VerifySoftwareToken", { Session, UserCode }, "login")).Session);
		return {};
	}

	#continueWith(Session: string | undefined): void {
		if (Session !== undefined) this.#response = { ...this.#response, Session };
	}

	/** A key for a password that there is. */
	#newPasswordKeys(): Fields {
		this.#password();
		return this.#newKeys();
	}

	/** A key for the password of a device that there is. */
	#newDeviceKeys(): Fields {
		this.#deviceIdentity();
		return this.#newKeys();
	}

	#newKeys(): Fields {
		const crypto = srpCrypto();
		this.#keys = srpKeys(crypto.randomBytes(A_BYTES), crypto);
		return { SRP_A: this.#keys.A.toString(16) };
	}

	/** The one proof that there is for the current key. */
	#proofOf(identity: SrpIdentity): Promise<Fields> {
		const { SRP_B = "", SALT = "", SECRET_BLOCK = "" } = this.#response.ChallengeParameters ?? {};
		const keys = this.#keys;
		this.#keys = undefined;
		if (keys === undefined) throw this.#invalid("a challenge for a proof that was not offered");
		const { clock, serverClock } = this.#setup;
		const now = (this.#failedProof && this.#otherTime(this.#failedProof)) ?? serverClock.now();
		this.#proof = { time: now, at: clock.monotonic() };
		return passwordClaim(keys, identity, { SRP_B, SALT, SECRET_BLOCK }, now);
	}

	/** Whether the last proof failed and may have been made for a wrong time. Then the next one is made for another. */
	#hasOtherTime(): boolean {
		this.#failedProof = this.#proof;
		return this.#failedProof !== undefined && this.#otherTime(this.#failedProof) !== undefined;
	}

	/** A time that it may be, and that the proof was not made for. */
	#otherTime({ time, at }: ProofTime): number | undefined {
		const { clock, serverClock } = this.#setup;
		const excluded = time + clock.monotonic() - at;
		return serverClock.possibleTimes().find((ms) => Math.abs(ms - excluded) > TIME_TOLERANCE_MS);
	}

	#passwordIdentity(): SrpIdentity {
		const name = this.#names.srpUsername ?? this.#input.username;
		return { group: this.#setup.client.poolName, name, password: this.#password() };
	}

	#deviceIdentity(): SrpIdentity {
		if (this.#device === undefined) throw challengeError("ChallengeUnanswered", "DEVICE_SRP_AUTH");
		const { deviceGroupKey: group, deviceKey: name, devicePassword: password } = this.#device;
		return { group, name, password };
	}

	#password(): string {
		// A login that starts over after a new password was set has to go on with that.
		const password = this.#acceptedPassword ?? this.#input.password;
		if (password !== undefined) return password;
		throw new AuthenticationError(
			"NotSignedIn",
			`Cognito requires the password of ${this.#input.username}, but none is configured. Set \`password\`.`,
		);
	}

	/** The rejection of a proof that Cognito may have accepted before is no verdict on the password. */
	#lostResponses(cause: unknown): AuthenticationError {
		const message = `Cognito (user pool ${this.#setup.client.userPoolId}) responded to two sign-ins, and both responses were lost, so it is unknown whether the password is right. Check the network, and try again.`;
		return new AuthenticationError("CognitoUnavailable", message, { cause, transient: true });
	}

	#invalid(what: string): AuthenticationError {
		const { userPoolId } = this.#setup.client;
		return new AuthenticationError("InvalidCognitoResponse", `Cognito (user pool ${userPoolId}) sent ${what}`);
	}
}

/** The names that Cognito gives the user in one login. The first challenge that has any decides, and they never change. */
class LoginNames {
	#username: string | undefined;
	#srpUsername: string | undefined;

	/** The user's name for requests and their hashes. */
	get username(): string | undefined {
		return this.#username;
	}

	/** The user's name for the proof of the password. */
	get srpUsername(): string | undefined {
		return this.#srpUsername;
	}

	/** Takes the names of a challenge. Returns whether they are the same as before. */
	accept({ USERNAME, USER_ID_FOR_SRP }: Fields): boolean {
		this.#username ??= USERNAME || USER_ID_FOR_SRP || undefined;
		this.#srpUsername ??= USER_ID_FOR_SRP || USERNAME || undefined;
		return (
			(USERNAME || this.#username) === this.#username && (USER_ID_FOR_SRP || this.#srpUsername) === this.#srpUsername
		);
	}
}
