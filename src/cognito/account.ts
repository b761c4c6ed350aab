import type { CodeDeliveryDetailsType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoApi } from "./api/api.ts";
import { isEndedToken } from "./api/exceptions.ts";
import type { AppClient } from "./login/app-client.ts";

type Attributes = Readonly<Record<string, string>>;

/** Description of a user. */
export interface UserDescription {
	/** Name of the user in the user pool. */
	readonly username: string;
	/** By their names in the user pool: `email`, `custom:team`. */
	readonly attributes: Readonly<Record<string, string>>;
	/** The second factors that are set up, such as `SOFTWARE_TOKEN_MFA`. */
	readonly mfa: readonly string[];
	/** The preferred second factor. Absent if there is none. */
	readonly preferredMfa?: string;
}

/** Destination of a code that Cognito has sent. */
export interface CodeDelivery {
	/** Partly masked, such as `j***@e***`. */
	readonly destination?: string;
	/** `EMAIL` or `SMS`. */
	readonly medium?: string;
	/** Attribute that the code verifies, such as `email`. */
	readonly attribute?: string;
}

/** Cognito's account operations. Those for a signed-in user require the access token. */
export class CognitoAccount {
	readonly #api: CognitoApi;
	readonly #client: AppClient;

	constructor(api: CognitoApi, client: AppClient) {
		this.#api = api;
		this.#client = client;
	}

	async register(
		username: string,
		password: string,
		attributes: Attributes,
	): Promise<{ readonly isConfirmed: boolean; readonly codeDelivery: CodeDelivery }> {
		const input = { ...(await this.#named(username)), Password: password, UserAttributes: listOf(attributes) };
		const { UserConfirmed = false, CodeDeliveryDetails } = await this.#api.send("SignUp", input, "account");
		return { isConfirmed: UserConfirmed, codeDelivery: deliveryOf(CodeDeliveryDetails) };
	}

	async confirmSignUp(username: string, code: string): Promise<void> {
		const input = { ...(await this.#named(username)), ConfirmationCode: code };
		await this.#api.send("ConfirmSignUp", input, "account");
	}

	async resendConfirmationCode(username: string): Promise<CodeDelivery> {
		const input = await this.#named(username);
		return deliveryOf((await this.#api.send("ResendConfirmationCode", input, "account")).CodeDeliveryDetails);
	}

	async initiateForgotPassword(username: string): Promise<CodeDelivery> {
		const input = await this.#named(username);
		return deliveryOf((await this.#api.send("ForgotPassword", input, "account")).CodeDeliveryDetails);
	}

	async confirmForgotPassword(username: string, code: string, password: string): Promise<void> {
		const input = { ...(await this.#named(username)), ConfirmationCode: code, Password: password };
		await this.#api.send("ConfirmForgotPassword", input, "account");
	}

	async changePassword(AccessToken: string, previous: string, proposed: string): Promise<void> {
		const input = { AccessToken, PreviousPassword: previous, ProposedPassword: proposed };
		await this.#api.send("ChangePassword", input, "account");
	}

	async getUser(AccessToken: string): Promise<UserDescription> {
		const user = await this.#api.send("GetUser", { AccessToken }, "account");
		const { Username = "", UserAttributes = [], UserMFASettingList = [], PreferredMfaSetting } = user;
		return {
			username: Username,
			attributes: Object.fromEntries(UserAttributes.map(({ Name = "", Value = "" }) => [Name, Value])),
			mfa: UserMFASettingList,
			...(PreferredMfaSetting === undefined ? {} : { preferredMfa: PreferredMfaSetting }),
		};
	}

	async updateProfile(AccessToken: string, attributes: Attributes): Promise<void> {
		const input = { AccessToken, UserAttributes: listOf(attributes) };
		await this.#api.send("UpdateUserAttributes", input, "account");
	}

	async sendVerification(AccessToken: string, AttributeName: string): Promise<CodeDelivery> {
		const input = { AccessToken, AttributeName };
		return deliveryOf((await this.#api.send("GetUserAttributeVerificationCode", input, "account")).CodeDeliveryDetails);
	}

	async validateVerification(AccessToken: string, AttributeName: string, Code: string): Promise<void> {
		await this.#api.send("VerifyUserAttribute", { AccessToken, AttributeName, Code }, "account");
	}

	async associateSoftwareToken(AccessToken: string): Promise<string> {
		return (await this.#api.send("AssociateSoftwareToken", { AccessToken }, "account")).SecretCode ?? "";
	}

	async verifySoftwareToken(AccessToken: string, UserCode: string, deviceName: string): Promise<boolean> {
		const input = { AccessToken, UserCode, FriendlyDeviceName: deviceName || undefined };
		return (await this.#api.send("VerifySoftwareToken", input, "account")).Status === "SUCCESS";
	}

	async setUserMfaPreference(
		AccessToken: string,
		{ sms, softwareToken, preferred }: { sms: boolean; softwareToken: boolean; preferred: string | undefined },
	): Promise<void> {
		const settings = (isEnabled: boolean, name: string) => ({
			Enabled: isEnabled,
			PreferredMfa: isEnabled && preferred === name,
		});
		const input = {
			AccessToken,
			SMSMfaSettings: settings(sms, "SMS"),
			SoftwareTokenMfaSettings: settings(softwareToken, "SOFTWARE_TOKEN"),
		};
		await this.#api.send("SetUserMFAPreference", input, "account");
	}

	async updateDeviceStatus(AccessToken: string, DeviceKey: string, isRemembered: boolean): Promise<void> {
		const DeviceRememberedStatus = isRemembered ? "remembered" : "not_remembered";
		await this.#api.send("UpdateDeviceStatus", { AccessToken, DeviceKey, DeviceRememberedStatus }, "account");
	}

	async forgetDevice(AccessToken: string, DeviceKey: string): Promise<void> {
		await this.#api.send("ForgetDevice", { AccessToken, DeviceKey }, "account");
	}

	async deleteUser(AccessToken: string): Promise<void> {
		await this.#api.send("DeleteUser", { AccessToken }, "account");
	}

	/** Signs the user out everywhere. */
	async signOut(AccessToken: string): Promise<void> {
		await this.#api.send("GlobalSignOut", { AccessToken }, "account").catch((error: unknown) => {
			if (!isEndedToken(error)) throw error;
		});
	}

	/** Ends a refresh token, and the access tokens that came with it. */
	async revoke(refreshToken: string, ClientSecret: string | undefined): Promise<void> {
		const input = { Token: refreshToken, ClientId: this.#client.clientId, ClientSecret };
		await this.#api.send("RevokeToken", input, "account");
	}

	/** The fields of requests that carry no access token. */
	async #named(Username: string): Promise<{ ClientId: string; Username: string; SecretHash: string | undefined }> {
		return { ClientId: this.#client.clientId, Username, SecretHash: await this.#client.secretHash(Username) };
	}
}

function listOf(attributes: Attributes): { Name: string; Value: string }[] {
	return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

function deliveryOf({ Destination, DeliveryMedium, AttributeName }: CodeDeliveryDetailsType = {}): CodeDelivery {
	return {
		...(Destination === undefined ? {} : { destination: Destination }),
		...(DeliveryMedium === undefined ? {} : { medium: DeliveryMedium }),
		...(AttributeName === undefined ? {} : { attribute: AttributeName }),
	};
}
