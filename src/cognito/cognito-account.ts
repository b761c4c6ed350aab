import type { CodeDeliveryDetailsType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoApi } from "./cognito-api.ts";
import { secretHash } from "./srp.ts";

/** Attributes of a user by their names in the user pool: `email`, `custom:team`. */
export type UserAttributes = Readonly<Record<string, string>>;

/** What Cognito knows of a user. */
export interface UserDescription {
	readonly username: string;
	readonly attributes: UserAttributes;
	/** The second factors that are set up, such as `SOFTWARE_TOKEN_MFA`. */
	readonly mfa: readonly string[];
	/** The second factor that is asked for. */
	readonly preferredMfa?: string;
}

/** Where Cognito has sent a code. */
export interface CodeDelivery {
	/** Half hidden, such as `j***@e***`. */
	readonly destination?: string;
	readonly medium?: string;
	readonly attribute?: string;
}

/**
 * What reaches Cognito in the user's name.
 *
 * @internal
 */
export interface AccountAccess {
	readonly api: CognitoApi;
	readonly clientId: string;
	readonly clientSecret: string | undefined;
	readonly username: () => string;
	readonly accessToken: () => Promise<string>;
	readonly passwordChanged: (password: string) => void;
}

/** What users of a user pool do with their own accounts, under pycognito's names. */
export abstract class CognitoAccount {
	/** @internal */
	protected abstract account(): AccountAccess;

	/** Creates a user. Says whether it may sign in already, and where a confirmation code was sent. */
	async register(
		username: string,
		password: string,
		attributes: UserAttributes = {},
	): Promise<{ readonly isConfirmed: boolean; readonly codeDelivery: CodeDelivery }> {
		const { api } = this.account();
		const input = {
			...(await this.#client(username)),
			Password: password,
			UserAttributes: listOf(attributes),
		};
		const { UserConfirmed = false, CodeDeliveryDetails } = await api.send("SignUp", input, "account");
		return { isConfirmed: UserConfirmed, codeDelivery: deliveryOf(CodeDeliveryDetails) };
	}

	/** Confirms a new user with the code that it was sent. */
	async confirmSignUp(confirmationCode: string, username = this.account().username()): Promise<void> {
		const input = {
			...(await this.#client(username)),
			ConfirmationCode: confirmationCode,
		};
		await this.account().api.send("ConfirmSignUp", input, "account");
	}

	/** Has the code of a new user sent again. */
	async resendConfirmationCode(username = this.account().username()): Promise<CodeDelivery> {
		const input = await this.#client(username);
		return deliveryOf((await this.account().api.send("ResendConfirmationCode", input, "account")).CodeDeliveryDetails);
	}

	/** Has a code sent that allows a new password. */
	async initiateForgotPassword(): Promise<CodeDelivery> {
		const { api, username } = this.account();
		const input = await this.#client(username());
		return deliveryOf((await api.send("ForgotPassword", input, "account")).CodeDeliveryDetails);
	}

	/** Sets a new password with the code that was sent. From then on it is the one to log in with. */
	async confirmForgotPassword(confirmationCode: string, password: string): Promise<void> {
		const { api, username, passwordChanged } = this.account();
		const input = {
			...(await this.#client(username())),
			ConfirmationCode: confirmationCode,
			Password: password,
		};
		await api.send("ConfirmForgotPassword", input, "account");
		passwordChanged(password);
	}

	/** Changes the password. From then on the new one is the one to log in with. */
	async changePassword(previousPassword: string, proposedPassword: string): Promise<void> {
		const { api, passwordChanged } = this.account();
		const input = {
			...(await this.#token()),
			PreviousPassword: previousPassword,
			ProposedPassword: proposedPassword,
		};
		await api.send("ChangePassword", input, "account");
		passwordChanged(proposedPassword);
	}

	/** What Cognito knows of the user. */
	async getUser(): Promise<UserDescription> {
		const user = await this.account().api.send("GetUser", await this.#token(), "account");
		const { Username = "", UserAttributes = [], UserMFASettingList = [], PreferredMfaSetting } = user;
		return {
			username: Username,
			attributes: Object.fromEntries(UserAttributes.map(({ Name = "", Value = "" }) => [Name, Value])),
			mfa: UserMFASettingList,
			...(PreferredMfaSetting === undefined ? {} : { preferredMfa: PreferredMfaSetting }),
		};
	}

	/** Sets attributes of the user. */
	async updateProfile(attributes: UserAttributes): Promise<void> {
		const input = {
			...(await this.#token()),
			UserAttributes: listOf(attributes),
		};
		await this.account().api.send("UpdateUserAttributes", input, "account");
	}

	/** Has a code sent that shows that an attribute is the user's. */
	async sendVerification(attribute = "email"): Promise<CodeDelivery> {
		const input = {
			...(await this.#token()),
			AttributeName: attribute,
		};
		return deliveryOf(
			(await this.account().api.send("GetUserAttributeVerificationCode", input, "account")).CodeDeliveryDetails,
		);
	}

	/** Shows with the code that was sent that an attribute is the user's. */
	async validateVerification(confirmationCode: string, attribute = "email"): Promise<void> {
		const input = {
			...(await this.#token()),
			AttributeName: attribute,
			Code: confirmationCode,
		};
		await this.account().api.send("VerifyUserAttribute", input, "account");
	}

	/** Starts setting up an authenticator app: returns its secret, in base32. */
	async associateSoftwareToken(): Promise<string> {
		const input = await this.#token();
		return (await this.account().api.send("AssociateSoftwareToken", input, "account")).SecretCode ?? "";
	}

	/** Ends setting up an authenticator app with a code that it shows. Says whether Cognito took it. */
	async verifySoftwareToken(code: string, deviceName = ""): Promise<boolean> {
		const input = {
			...(await this.#token()),
			UserCode: code,
			...(deviceName === "" ? {} : { FriendlyDeviceName: deviceName }),
		};
		return (await this.account().api.send("VerifySoftwareToken", input, "account")).Status === "SUCCESS";
	}

	/** Turns second factors on and off, and says which one is asked for. */
	async setUserMfaPreference(
		smsMfa: boolean,
		softwareTokenMfa: boolean,
		preferred?: "SMS" | "SOFTWARE_TOKEN",
	): Promise<void> {
		const input = {
			...(await this.#token()),
			SMSMfaSettings: { Enabled: smsMfa, PreferredMfa: smsMfa && preferred === "SMS" },
			SoftwareTokenMfaSettings: {
				Enabled: softwareTokenMfa,
				PreferredMfa: softwareTokenMfa && preferred === "SOFTWARE_TOKEN",
			},
		};
		await this.account().api.send("SetUserMFAPreference", input, "account");
	}

	/** Says whether Cognito is to remember a device of the user. */
	async updateDeviceStatus(isRemembered: boolean, deviceKey: string): Promise<void> {
		const input = {
			...(await this.#token()),
			DeviceKey: deviceKey,
			DeviceRememberedStatus: isRemembered ? ("remembered" as const) : ("not_remembered" as const),
		};
		await this.account().api.send("UpdateDeviceStatus", input, "account");
	}

	/** Has Cognito forget a device of the user. */
	async forgetDevice(deviceKey: string): Promise<void> {
		const input = { ...(await this.#token()), DeviceKey: deviceKey };
		await this.account().api.send("ForgetDevice", input, "account");
	}

	/** Deletes the user, for good. */
	async deleteUser(): Promise<void> {
		await this.account().api.send("DeleteUser", await this.#token(), "account");
	}

	async #token(): Promise<{ AccessToken: string }> {
		return { AccessToken: await this.account().accessToken() };
	}

	async #client(username: string): Promise<{ ClientId: string; Username: string; SecretHash?: string }> {
		const { clientId, clientSecret } = this.account();
		const named = { ClientId: clientId, Username: username };
		if (clientSecret === undefined) return named;
		return { ...named, SecretHash: await secretHash(username, clientId, clientSecret) };
	}
}

function listOf(attributes: UserAttributes): { Name: string; Value: string }[] {
	return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

function deliveryOf({ Destination, DeliveryMedium, AttributeName }: CodeDeliveryDetailsType = {}): CodeDelivery {
	return {
		...(Destination === undefined ? {} : { destination: Destination }),
		...(DeliveryMedium === undefined ? {} : { medium: DeliveryMedium }),
		...(AttributeName === undefined ? {} : { attribute: AttributeName }),
	};
}
