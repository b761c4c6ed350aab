import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import type { SessionEvent } from "../../platform/events.ts";
import type { Log } from "../../platform/log.ts";
import { suspiciousEnds } from "../../platform/stray-characters.ts";
import { isRejectedProof } from "../api/exceptions.ts";
import { challengeError } from "./challenge-error.ts";
import { ChallengeAnswerer, type ChallengeAnswers } from "./challenges.ts";
import type { Interaction } from "./interaction.ts";
import { CognitoLogin, type LoginInput, type LoginOutcome, type LoginSetup } from "./login.ts";
import { PasswordSource } from "./password-source.ts";
import { Authenticator } from "./totp.ts";

/** Options of one login. */
export interface LoginRequest {
	readonly passwords: PasswordSource;
	readonly answers: ChallengeAnswers;
	readonly reason: Extract<SessionEvent, { type: "signIn" }>["reason"];
	readonly clientMetadata?: Readonly<Record<string, string>> | undefined;
}

/** Who signs in, and from which device. */
export type LoginSubject = Pick<LoginInput, "username" | "device" | "keepsDevice">;

/** A login that stopped at a challenge, and waits for the caller's response. */
interface PendingLogin {
	readonly login: CognitoLogin;
	readonly request: LoginRequest;
}

/** A verdict is remembered for this long. */
const REJECTION_MS = 300_000;

/**
 * Errors that are remembered: Cognito's verdict on the password or the account, and what only a person or a change of the
 * program can mend. To repeat such a login would lock the user out, send one more code, or reveal one more proof.
 */
const VERDICTS: ReadonlySet<string> = new Set([
	"ChallengeExpired",
	"ChallengeRejected",
	"ChallengeUnanswered",
	"ChallengeUnexpected",
	"ChallengeUnknown",
	"InvalidPassword",
	"LambdaRejected",
	"PasswordResetRequired",
	"SignInRejected",
	"UserDisabled",
	"UserLockedOut",
	"UserNotConfirmed",
	"UserNotFound",
	"UsernameMismatch",
]);

/**
 * The state between the logins of a user: the password, the answers to challenges, the login that waits for a response, and
 * the last rejection. {@link login} changes none of it. {@link apply} does, once it is certain that the outcome still counts.
 *
 * - A remembered password that Cognito rejects is requested again, once, where a function returns it.
 * - A verdict of Cognito on the password or the account is remembered for five minutes, and the login is not repeated.
 * - After a login that took a function to answer a challenge, none is begun in the background.
 */
export class LoginPolicy {
	readonly #setup: LoginSetup;
	readonly #authenticator: Authenticator;
	readonly #log: Log;
	#passwords: PasswordSource;
	#answers: ChallengeAnswers;
	#pending: PendingLogin | undefined;
	#rejection: { readonly error: Error; readonly passwords: PasswordSource; readonly until: number } | undefined;
	#interactiveChallenge: string | undefined;

	constructor(setup: LoginSetup, passwords: PasswordSource, answers: ChallengeAnswers, log: Log) {
		this.#setup = setup;
		this.#authenticator = new Authenticator(setup.clock, setup.serverClock);
		this.#passwords = passwords;
		this.#answers = answers;
		this.#log = log;
	}

	/** Source of the password. */
	get passwords(): PasswordSource {
		return this.#passwords;
	}

	/** The configured answers to challenges. */
	get answers(): ChallengeAnswers {
		return this.#answers;
	}

	/** Whether the flow cannot start without a password. */
	get requiresPassword(): boolean {
		return this.#setup.authFlow === "USER_SRP_AUTH" || this.#setup.authFlow === "USER_PASSWORD_AUTH";
	}

	/** Whether the user can sign in without the program's help. */
	get maySignIn(): boolean {
		return this.#passwords.isSet || !this.requiresPassword;
	}

	/** The login that waits for the caller's response. */
	get pending(): PendingLogin | undefined {
		return this.#pending;
	}

	/** Time for which the last rejection must not be repeated, milliseconds. 0 if there is none. */
	get rejectedForMs(): number {
		return Math.max(0, (this.#rejection?.until ?? 0) - this.#setup.clock.monotonic());
	}

	/** Throws the last rejection, while it must not be repeated. */
	throwRejection(passwords: PasswordSource): void {
		const rejection = this.#rejection;
		if (rejection === undefined || this.rejectedForMs === 0) return;
		if (rejection.passwords === passwords || !passwords.isSet) throw rejection.error;
	}

	/** Allows the next login, whatever the outcome of the last one. */
	clearRejection(): void {
		this.#rejection = undefined;
		this.#pending = undefined;
	}

	/** Runs a login and returns its outcome. Rejects with the errors of the password function. */
	async login(request: LoginRequest, subject: LoginSubject, interaction: Interaction): Promise<LoginOutcome> {
		const { passwords } = request;
		if (!interaction.isAllowed && this.#interactiveChallenge !== undefined) {
			throw challengeError("InteractionRequired", this.#interactiveChallenge);
		}
		if (!passwords.isSet) return this.#attempt(request, subject, undefined, interaction);
		const { password, isRemembered } = await this.#setup.api.connectMeanwhile(passwords.current(interaction));
		const outcome = await this.#attempt(request, subject, password, interaction);
		const isRejected =
			"error" in outcome && isEchoStreamError(outcome.error) && outcome.error.code === "SignInRejected";
		if (!isRejected || !isRemembered || interaction.signal.aborted) return outcome;
		const newer = await passwords.newer(password, interaction);
		return newer === undefined ? outcome : this.#attempt(request, subject, newer, interaction);
	}

	/** Applies the outcome of a login. Only for one that nothing newer has replaced. */
	apply(outcome: LoginOutcome, request: LoginRequest): void {
		this.clearRejection();
		const { passwords } = request;
		if ("error" in outcome) {
			const { error, pending } = outcome;
			if (pending !== undefined) this.#pending = { login: pending, request };
			if (isEchoStreamError(error) && VERDICTS.has(error.code)) {
				this.#rejection = { error, passwords, until: this.#setup.clock.monotonic() + REJECTION_MS };
			}
			return;
		}
		const { acceptedPassword, interactiveChallenge } = outcome;
		if (acceptedPassword !== undefined) passwords.remember(acceptedPassword);
		this.#passwords = passwords;
		// A new password is set once. The next login does not require it.
		this.#interactiveChallenge = interactiveChallenge === "NEW_PASSWORD_REQUIRED" ? undefined : interactiveChallenge;
	}

	/** Remembers a password that was just set. */
	passwordChanged(password: string): void {
		if (this.#passwords.isSet) this.#passwords.remember(password);
		this.#rejection = undefined;
	}

	/** Removes the password and the answers to challenges from memory. */
	clear(): void {
		this.clearRejection();
		this.#passwords = new PasswordSource();
		this.#answers = {};
		this.#interactiveChallenge = undefined;
	}

	async #attempt(
		{ answers, clientMetadata }: LoginRequest,
		subject: LoginSubject,
		password: string | undefined,
		interaction: Interaction,
	): Promise<LoginOutcome> {
		if (password !== undefined && password.trim() !== password) {
			const { username } = subject;
			const message = "The password starts or ends with white space, and is used unchanged";
			this.#log.warn("passwordHasWhiteSpace", message, { username });
		}
		const answerer = new ChallengeAnswerer(answers, this.#authenticator);
		const login = new CognitoLogin(this.#setup, { ...subject, password, answerer, clientMetadata });
		const outcome = await login.run(interaction);
		return password === undefined ? outcome : withDoubts(outcome, password);
	}
}

/** A rejection that describes suspicious characters of the password, which was used unchanged, without the password. */
function withDoubts(outcome: LoginOutcome, password: string): LoginOutcome {
	const doubt = suspiciousEnds(password);
	if (doubt === undefined || !("error" in outcome) || !isRejectedProof(outcome.error)) return outcome;
	const { code, message, cause } = outcome.error;
	const error = new AuthenticationError(code, `${message} The password ${doubt}. It was used unchanged.`, { cause });
	return { ...outcome, error };
}
