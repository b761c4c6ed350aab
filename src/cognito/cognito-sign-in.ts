import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import type { Clock, ServerTime } from "../clock.ts";
import { type AuthenticationError, isEchoStreamError } from "../errors.ts";
import type { SessionEvent } from "../events.ts";
import { ChallengeAnswerer, type ChallengeAnswers, challengeError } from "./challenges.ts";
import type { CognitoApi } from "./cognito-api.ts";
import { CognitoLogin } from "./cognito-login.ts";
import type { CognitoOptions } from "./cognito-options.ts";
import { newDevice, type RememberedDevice } from "./devices.ts";
import { PasswordSource } from "./password-source.ts";
import type { Course } from "./single-flight.ts";
import { Authenticator } from "./totp.ts";

/** What {@link CognitoSignIn} works with. */
export interface CognitoSignInOptions {
	readonly api: CognitoApi;
	readonly clock: Clock;
	readonly serverTime: ServerTime;
	readonly user: Omit<CognitoOptions, "password">;
	readonly password: CognitoOptions["password"];
	readonly username: () => string | undefined;
	/** Takes new tokens, if the course is still current, and gives the access token. */
	readonly accept: (course: Course, result: AuthenticationResultType) => string;
	/** Makes the error for a user who lacks something to sign in with. */
	readonly nothing: (what: string) => AuthenticationError;
	readonly emit: (event: SessionEvent) => void;
}

/** A login as somebody wants it. */
export interface LoginRequest {
	readonly source: PasswordSource;
	readonly answers: ChallengeAnswers;
	readonly reason: Extract<SessionEvent, { type: "login" }>["reason"];
	readonly clientMetadata?: Readonly<Record<string, string>> | undefined;
}

/** A login that has begun, and may have stopped at a challenge nobody answered. */
interface PendingLogin extends LoginRequest {
	readonly login: CognitoLogin;
	readonly answerer: ChallengeAnswerer;
	readonly password: string | undefined;
}

/** A refused login is not tried again by itself for so long. */
const REFUSAL_MS = 300_000;

/** Failures of a login that the next try may not meet. */
const PASSING = new Set([
	"CertificateRejected",
	"InteractionNeeded",
	"InvalidCognitoAnswer",
	"LambdaFailed",
	"NothingToSignInWith",
	"RedirectRejected",
]);

/**
 * How a user signs in, and what is remembered of it: the password, the device, the login that waits for an answer, and the
 * refusal that is not to be met again.
 *
 * - A password that was remembered and is refused is asked for again, once, where a function gives it.
 * - What Cognito refused for good is not tried again by itself for five minutes.
 * - Once a login has taken a function to answer a challenge, none is begun in the background.
 */
export class CognitoSignIn {
	readonly #options: CognitoSignInOptions;
	readonly #authenticator: Authenticator;
	#passwords: PasswordSource;
	#device: RememberedDevice | undefined;
	#name: string | undefined;
	#pending: PendingLogin | undefined;
	#refusal: { readonly error: Error; readonly source: PasswordSource; readonly until: number } | undefined;
	#asked: string | undefined;

	constructor(options: CognitoSignInOptions) {
		this.#options = options;
		this.#authenticator = new Authenticator(options.clock, options.serverTime);
		this.#passwords = new PasswordSource(options.password);
		this.#device = options.user.device;
	}

	/** Where the password comes from. */
	get passwords(): PasswordSource {
		return this.#passwords;
	}

	/** The user's name as Cognito gave it at the last login. */
	get name(): string | undefined {
		return this.#name;
	}

	/** What Cognito remembers this program as. */
	get deviceKey(): string | undefined {
		return this.#device?.deviceKey;
	}

	/** The challenge that a login stopped at. */
	get challengeName(): string | undefined {
		return this.#pending?.login.challengeName;
	}

	/** Lets the next login be tried whatever became of the last one. */
	forgive(): void {
		this.#refusal = undefined;
		this.#pending = undefined;
	}

	/** Takes a password that has just been set. */
	passwordChanged(password: string): void {
		if (this.#passwords.isSet) this.#passwords.remember(password);
		this.#refusal = undefined;
	}

	/** Forgets everything but the device. */
	forget(): void {
		this.forgive();
		this.#passwords = new PasswordSource();
	}

	/** Logs in, and gives the access token. */
	async logIn(course: Course, request: LoginRequest): Promise<string> {
		const { source } = request;
		const { authFlow = "USER_SRP_AUTH" } = this.#options.user;
		this.#throwRefusal(source);
		if (authFlow === "USER_SRP_AUTH" && !source.isSet) throw this.#options.nothing("no password");
		if (!course.interactive && this.#asked !== undefined) throw challengeError("InteractionNeeded", this.#asked);
		try {
			if (!source.isSet) return await this.#begin(course, request, undefined);
			return await this.#logInWithPassword(course, request);
		} catch (error) {
			if (course.isCurrent() && isEchoStreamError(error) && !error.transient && !PASSING.has(error.code)) {
				this.#refusal = { error, source, until: this.#options.clock.monotonic() + REFUSAL_MS };
			}
			throw error;
		}
	}

	/** Answers the challenge that a login stopped at, and gives the access token. */
	async resume(course: Course, responses: Readonly<Record<string, string>>): Promise<string> {
		const pending = this.#pending;
		if (pending === undefined) throw this.#options.nothing("no challenge that waits for an answer");
		return this.#finish(course, pending, () => pending.login.resume(responses));
	}

	/** Drops a device that Cognito no longer knows. */
	forgetDevice(): void {
		if (this.#device === undefined) return;
		this.#device = undefined;
		this.#tellDevice();
	}

	async #logInWithPassword(course: Course, request: LoginRequest): Promise<string> {
		const { source } = request;
		const { password, isRemembered } = await source.current(course.interactive);
		try {
			return await this.#begin(course, request, password);
		} catch (error) {
			if (!isRemembered || !isEchoStreamError(error) || error.code !== "LoginRefused") throw error;
			const newer = await source.newer(password, course.interactive);
			if (newer === undefined || !course.isCurrent()) throw error;
			return this.#begin(course, request, newer);
		}
	}

	#throwRefusal(source: PasswordSource): void {
		const refusal = this.#refusal;
		if (refusal === undefined || this.#options.clock.monotonic() >= refusal.until) return;
		if (refusal.source === source || !source.isSet) throw refusal.error;
	}

	async #begin(course: Course, request: LoginRequest, password: string | undefined): Promise<string> {
		const { api, nothing, serverTime, user } = this.#options;
		const username = this.#options.username();
		if (username === undefined) throw nothing("no user name");
		if (password !== undefined && password.trim() !== password) {
			user.logger?.warn("The password begins or ends with white space, and is used as it is");
		}
		const answerer = new ChallengeAnswerer(request.answers, this.#authenticator, course.interactive);
		const login = new CognitoLogin({
			api,
			answerer,
			authFlow: user.authFlow ?? "USER_SRP_AUTH",
			clientId: user.clientId,
			clientMetadata: request.clientMetadata,
			clientSecret: user.clientSecret,
			device: this.#device,
			password,
			randomBytes,
			serverTime,
			username,
			userPoolId: user.userPoolId,
		});
		return this.#finish(course, { ...request, login, answerer, password }, () => login.start());
	}

	/** Runs a login, or the rest of it, to its end, and takes what came of it. */
	async #finish(course: Course, pending: PendingLogin, step: () => Promise<AuthenticationResultType>): Promise<string> {
		const { login, answerer } = pending;
		try {
			const result = await step().finally(() => {
				if (course.isCurrent() && login.isDeviceForgotten) this.forgetDevice();
			});
			const token = this.#options.accept(course, result);
			if (!course.isCurrent()) return token;
			this.forgive();
			this.#remember(pending);
			this.#asked = answerer.asked === "NEW_PASSWORD_REQUIRED" ? undefined : answerer.asked;
			await this.#confirmDevice(token, result);
			this.#options.emit({ type: "login", reason: pending.reason, username: login.name });
			return token;
		} catch (error) {
			if (course.isCurrent() && isEchoStreamError(error)) {
				const isOpen = error.code === "ChallengeUnanswered" || error.code === "ChallengeRefused";
				this.#pending = isOpen ? pending : undefined;
			}
			throw error;
		}
	}

	#remember({ login, answerer, source, password }: PendingLogin): void {
		const accepted = answerer.newPassword ?? password;
		if (accepted !== undefined) source.remember(accepted);
		this.#passwords = source;
		this.#name = login.name;
	}

	/** Cognito takes refresh tokens of a device it has named only once the device has told it a verifier. */
	async #confirmDevice(AccessToken: string, { NewDeviceMetadata }: AuthenticationResultType): Promise<void> {
		const { api, user } = this.#options;
		const { DeviceKey, DeviceGroupKey } = NewDeviceMetadata ?? {};
		if (DeviceKey === undefined || DeviceGroupKey === undefined) return;
		try {
			const { device, verifier } = await newDevice(DeviceKey, DeviceGroupKey, randomBytes);
			const confirm = { AccessToken, DeviceKey, DeviceSecretVerifierConfig: { ...verifier } };
			const { UserConfirmationNecessary } = await api.send("ConfirmDevice", confirm, "account");
			this.#device = device;
			if (UserConfirmationNecessary && user.onDevice !== undefined) {
				const remember = { AccessToken, DeviceKey, DeviceRememberedStatus: "remembered" as const };
				await api.send("UpdateDeviceStatus", remember, "account");
			}
		} catch (error) {
			user.logger?.warn("Cognito could not be told of this device, and may not remember it", error);
		}
		if (this.#device?.deviceKey === DeviceKey) this.#tellDevice();
	}

	#tellDevice(): void {
		const { logger, onDevice } = this.#options.user;
		const threw = (error: unknown) => logger?.warn("onDevice threw", error);
		try {
			const kept: unknown = onDevice?.(this.#device);
			if (kept instanceof Promise) kept.catch(threw);
		} catch (error) {
			threw(error);
		}
	}
}

function randomBytes(length: number): Uint8Array {
	return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
