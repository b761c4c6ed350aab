import { AdminAddUserToGroupCommand, CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, jwtVerify } from "jose";
import { LocalTenant, ManualClock } from "../../src/index.ts";
import { type AwsCredentials, clientConfig, codeOf, credentialsOf, plainSignIn } from "../tenant-client.ts";

const PASSWORD = "a long password";

let tenant: LocalTenant;
let admin: AwsCredentials;
let cognito: CognitoIdentityProvider;
let UserPoolId: string;
let ClientId: string;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
	const authFlows = [...plainSignIn.userPool.authFlows, "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"] as const;
	tenant = await LocalTenant.start({ clock, userPool: { authFlows } });
	admin = await credentialsOf(tenant, { apiUser: "admin" }, 43_200);
	cognito = new CognitoIdentityProvider(clientConfig(tenant, admin));
	({ id: UserPoolId, clientId: ClientId } = tenant.userPool);
});
afterAll(() => tenant.stop());

const create = (Username: string, input: object = {}) =>
	cognito.adminCreateUser({ UserPoolId, Username, TemporaryPassword: PASSWORD, ...input });

const signIn = (USERNAME: string, password = PASSWORD) =>
	cognito.initiateAuth({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD: password } });

describe("users", () => {
	test("a created user is invited, changes its temporary password, and signs in", async () => {
		const UserAttributes = [
			{ Name: "email", Value: "eve@example.com" },
			{ Name: "email_verified", Value: "true" },
		];
		const DesiredDeliveryMediums = ["EMAIL" as const];
		const { User } = await create("Eve", { UserAttributes, DesiredDeliveryMediums, TemporaryPassword: undefined });
		expect(User).toMatchObject({ Username: "Eve", Enabled: true, UserStatus: "FORCE_CHANGE_PASSWORD" });
		expect(User?.Attributes).toEqual([{ Name: "sub", Value: expect.any(String) }, ...UserAttributes]);
		const sent = tenant.userPool.sentCodes.at(-1);
		expect(sent).toMatchObject({ username: "Eve", kind: "AdminCreateUser", destination: "eve@example.com" });
		const { ChallengeName, Session } = await signIn("eve", sent?.code);
		expect(ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
		const ChallengeResponses = { USERNAME: "Eve", NEW_PASSWORD: PASSWORD };
		await cognito.adminRespondToAuthChallenge({ UserPoolId, ClientId, ChallengeName, Session, ChallengeResponses });
		expect((await signIn("Eve")).AuthenticationResult).toBeDefined();
		expect((await cognito.adminGetUser({ UserPoolId, Username: "Eve" })).UserStatus).toBe("CONFIRMED");
	});

	test("a user is created once, and invited again only before it has a password of its own", async () => {
		await create("twice", { MessageAction: "SUPPRESS" });
		expect(await codeOf(create("TWICE"))).toBe("UsernameExistsException");
		expect(await codeOf(create("twice", { MessageAction: "RESEND" }))).toBe("none");
		expect(await codeOf(create("nobody", { MessageAction: "RESEND" }))).toBe("UserNotFoundException");
		await cognito.adminSetUserPassword({ UserPoolId, Username: "twice", Password: PASSWORD, Permanent: true });
		expect(await codeOf(create("twice", { MessageAction: "RESEND" }))).toBe("UnsupportedUserStateException");
	});

	test.each<[string, string, object, string]>([
		["a name with a space", "a b", {}, "InvalidParameterException"],
		["a short password", "short", { TemporaryPassword: "short" }, "InvalidPasswordException"],
		["a sub", "sub", { UserAttributes: [{ Name: "sub", Value: "1" }] }, "InvalidParameterException"],
	])("a user with %s is not created", async (_, Username, input, code) => {
		expect(await codeOf(create(Username, input))).toBe(code);
		expect(await codeOf(cognito.adminGetUser({ UserPoolId, Username }))).toBe("UserNotFoundException");
	});

	test("a password that an administrator sets is permanent or temporary", async () => {
		await create("pass");
		const set = (Permanent: boolean) =>
			cognito.adminSetUserPassword({ UserPoolId, Username: "pass", Password: `${PASSWORD} 2`, Permanent });
		await set(true);
		expect((await signIn("pass", `${PASSWORD} 2`)).AuthenticationResult).toBeDefined();
		await set(false);
		expect((await signIn("pass", `${PASSWORD} 2`)).ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
	});

	test("a disabled user can neither sign in nor use its tokens, until it is enabled again", async () => {
		await create("off");
		await cognito.adminSetUserPassword({ UserPoolId, Username: "off", Password: PASSWORD, Permanent: true });
		const { AuthenticationResult } = await signIn("off");
		await cognito.adminDisableUser({ UserPoolId, Username: "off" });
		expect((await cognito.adminGetUser({ UserPoolId, Username: "off" })).Enabled).toBe(false);
		expect(await codeOf(signIn("off"))).toBe("NotAuthorizedException");
		await cognito.adminEnableUser({ UserPoolId, Username: "off" });
		expect((await signIn("off")).AuthenticationResult).toBeDefined();
		const { AccessToken } = AuthenticationResult ?? {};
		expect(await codeOf(cognito.getUser({ AccessToken }))).toBe("NotAuthorizedException");
	});

	test("attributes are updated and deleted, with the date of the change", async () => {
		await create("attributes", { UserAttributes: [{ Name: "name", Value: "A" }] });
		clock.jump(60_000);
		const Username = "attributes";
		await cognito.adminUpdateUserAttributes({
			UserPoolId,
			Username,
			UserAttributes: [{ Name: "locale", Value: "de" }],
		});
		await cognito.adminDeleteUserAttributes({ UserPoolId, Username, UserAttributeNames: ["name"] });
		const { UserAttributes, UserCreateDate, UserLastModifiedDate } = await cognito.adminGetUser({
			UserPoolId,
			Username,
		});
		expect(UserAttributes?.slice(1)).toEqual([{ Name: "locale", Value: "de" }]);
		expect(Number(UserLastModifiedDate) - Number(UserCreateDate)).toBe(60_000);
	});

	test("a reset, a sign-out and a confirmation have their effects", async () => {
		await create("effects");
		const user = { UserPoolId, Username: "effects" };
		await cognito.adminSetUserPassword({ ...user, Password: PASSWORD, Permanent: true });
		const { AccessToken } = (await signIn("effects")).AuthenticationResult ?? {};
		await cognito.adminUserGlobalSignOut(user);
		expect(await codeOf(cognito.getUser({ AccessToken }))).toBe("NotAuthorizedException");
		await cognito.adminResetUserPassword(user);
		expect(await codeOf(signIn("effects"))).toBe("PasswordResetRequiredException");
		expect(tenant.userPool.sentCodes.at(-1)).toMatchObject({ username: "effects", kind: "ForgotPassword" });
		await cognito.signUp({ ClientId, Username: "signed-up", Password: PASSWORD });
		expect(await codeOf(signIn("signed-up"))).toBe("UserNotConfirmedException");
		await cognito.adminConfirmSignUp({ UserPoolId, Username: "signed-up" });
		expect((await signIn("signed-up")).AuthenticationResult).toBeDefined();
		await cognito.adminDeleteUser({ UserPoolId, Username: "signed-up" });
		expect(await codeOf(signIn("signed-up"))).toBe("UserNotFoundException");
	});

	test("users are listed in pages, by filters, and with the attributes that are requested", async () => {
		for (const name of ["list-1", "list-2", "list-3"]) {
			await create(name, { UserAttributes: [{ Name: "email", Value: `${name}@Example.com` }] });
		}
		await cognito.adminDisableUser({ UserPoolId, Username: "list-3" });
		const names: (string | undefined)[] = [];
		let PaginationToken: string | undefined;
		do {
			const page = await cognito.listUsers({ UserPoolId, Limit: 2, Filter: 'username ^= "list-"', PaginationToken });
			names.push(...(page.Users ?? []).map(({ Username }) => Username));
			({ PaginationToken } = page);
		} while (PaginationToken !== undefined);
		expect(names).toEqual(["list-1", "list-2", "list-3"]);
		const found = async (Filter: string) =>
			(await cognito.listUsers({ UserPoolId, Filter })).Users?.map(({ Username }) => Username);
		expect(await found('email = "LIST-2@example.com"')).toEqual(["list-2"]);
		expect(await found('status = "Disabled"')).toEqual(["list-3"]);
		expect(await found('"cognito:user_status" = "UNCONFIRMED"')).toEqual([]);
		expect(await codeOf(found('custom:a = "b"'))).toBe("InvalidParameterException");
		expect(await codeOf(found("email"))).toBe("InvalidParameterException");
		expect(await codeOf(cognito.listUsers({ UserPoolId, Limit: 61 }))).toBe("InvalidParameterException");
		const { Users } = await cognito.listUsers({
			UserPoolId,
			Filter: 'username = "list-1"',
			AttributesToGet: ["email"],
		});
		expect(Users?.[0]?.Attributes).toEqual([{ Name: "email", Value: "list-1@Example.com" }]);
	});

	test("AdminInitiateAuth signs in with a password where the app client allows it, and renews tokens", async () => {
		await create("server");
		await cognito.adminSetUserPassword({ UserPoolId, Username: "server", Password: PASSWORD, Permanent: true });
		const AuthParameters = { USERNAME: "server", PASSWORD };
		const start = { UserPoolId, ClientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" as const, AuthParameters };
		const { AuthenticationResult } = await cognito.adminInitiateAuth(start);
		const { RefreshToken = "" } = AuthenticationResult ?? {};
		const renewal = { AuthFlow: "REFRESH_TOKEN_AUTH" as const, AuthParameters: { REFRESH_TOKEN: RefreshToken } };
		expect((await cognito.adminInitiateAuth({ UserPoolId, ClientId, ...renewal })).AuthenticationResult).toBeDefined();
		expect(await codeOf(cognito.initiateAuth({ ...start, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" }))).toBe(
			"InvalidParameterException",
		);
		const wrong = { ...AuthParameters, PASSWORD: "wrong" };
		expect(await codeOf(cognito.adminInitiateAuth({ ...start, AuthParameters: wrong }))).toBe("NotAuthorizedException");
	});
});

describe("groups", () => {
	test("groups are created, described, updated, listed and deleted", async () => {
		await cognito.createGroup({ UserPoolId, GroupName: "b", Description: "B", Precedence: 1 });
		expect(await codeOf(cognito.createGroup({ UserPoolId, GroupName: "b" }))).toBe("GroupExistsException");
		await cognito.createGroup({ UserPoolId, GroupName: "a", RoleArn: "arn:aws:iam::000000000000:role/a" });
		await cognito.updateGroup({ UserPoolId, GroupName: "b", Description: "B2" });
		const { Group } = await cognito.getGroup({ UserPoolId, GroupName: "b" });
		expect(Group).toMatchObject({ GroupName: "b", UserPoolId, Description: "B2", Precedence: 1 });
		const first = await cognito.listGroups({ UserPoolId, Limit: 1 });
		expect(first.Groups?.map(({ GroupName }) => GroupName)).toEqual(["a"]);
		const { Groups, NextToken } = await cognito.listGroups({ UserPoolId, NextToken: first.NextToken });
		expect([Groups?.map(({ GroupName }) => GroupName), NextToken]).toEqual([["b"], undefined]);
		for (const GroupName of ["a", "b"]) await cognito.deleteGroup({ UserPoolId, GroupName });
		expect(await codeOf(cognito.getGroup({ UserPoolId, GroupName: "b" }))).toBe("ResourceNotFoundException");
	});

	test("the tokens of a user name its groups by precedence, and the roles of these", async () => {
		await create("member");
		const user = { UserPoolId, Username: "member" };
		await cognito.adminSetUserPassword({ ...user, Password: PASSWORD, Permanent: true });
		const claims = async () => {
			const { AuthenticationResult } = await signIn("Member");
			const keys = createLocalJWKSet(tenant.userPool.keySet() as Parameters<typeof createLocalJWKSet>[0]);
			const verify = async (token = "") =>
				(await jwtVerify(token, keys, { currentDate: new Date(clock.now()) })).payload as Record<string, unknown>;
			const { AccessToken, IdToken } = AuthenticationResult ?? {};
			return [await verify(AccessToken), await verify(IdToken)] as const;
		};
		expect((await claims())[0]).not.toHaveProperty("cognito:groups");
		const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
		await cognito.createGroup({ UserPoolId, GroupName: "plain" });
		await cognito.createGroup({ UserPoolId, GroupName: "second", Precedence: 2, RoleArn: role("second") });
		await cognito.createGroup({ UserPoolId, GroupName: "zero", Precedence: 0, RoleArn: role("zero") });
		for (const GroupName of ["plain", "second", "zero", "zero"])
			await cognito.adminAddUserToGroup({ ...user, GroupName });
		const [access, id] = await claims();
		const groups = ["zero", "second", "plain"];
		expect(access["cognito:groups"]).toEqual(groups);
		expect(id).toMatchObject({
			"cognito:groups": groups,
			"cognito:roles": [role("zero"), role("second")],
			"cognito:preferred_role": role("zero"),
		});
		expect((await cognito.adminListGroupsForUser(user)).Groups?.map(({ GroupName }) => GroupName)).toEqual(groups);
		const { Users } = await cognito.listUsersInGroup({ UserPoolId, GroupName: "plain" });
		expect(Users?.map(({ Username }) => Username)).toEqual(["member"]);
		await cognito.adminRemoveUserFromGroup({ ...user, GroupName: "zero" });
		await cognito.deleteGroup({ UserPoolId, GroupName: "second" });
		expect((await claims())[0]["cognito:groups"]).toEqual(["plain"]);
		await cognito.adminDeleteUser(user);
		await create("member");
		expect((await cognito.adminListGroupsForUser(user)).Groups).toEqual([]);
	});

	test("unknown users and groups are rejected", async () => {
		const add = (Username: string, GroupName: string) =>
			codeOf(cognito.adminAddUserToGroup({ UserPoolId, Username, GroupName }));
		expect(await add("nobody", "plain")).toBe("UserNotFoundException");
		expect(await add("admin", "none")).toBe("ResourceNotFoundException");
	});
});

describe("permissions", () => {
	test.each<[string, () => Promise<AwsCredentials>, string]>([
		["an API user that may only read", () => credentialsOf(tenant, { apiUser: "reader" }), "AccessDeniedException"],
		["an app", () => credentialsOf(tenant, { app: "external-app" }), "AccessDeniedException"],
		["a wrong secret", async () => ({ ...admin, secretAccessKey: "wrong" }), "InvalidSignatureException"],
		["an unknown key", async () => ({ ...admin, accessKeyId: "ASIAUNKNOWN" }), "UnrecognizedClientException"],
	])("the user pool cannot be administered with the credentials of %s", async (_, credentials, code) => {
		const client = new CognitoIdentityProvider(clientConfig(tenant, await credentials()));
		expect(await codeOf(client.listUsers({ UserPoolId }))).toBe(code);
		expect(
			await codeOf(client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: "admin", GroupName: "x" }))),
		).toBe(code);
	});

	test("an unsigned request to administer the pool is rejected, and operations of users need no signature", async () => {
		const call = async (operation: string, input: object) => {
			const headers = {
				"content-type": "application/x-amz-json-1.1",
				"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
			};
			const response = await fetch(tenant.url, { method: "POST", headers, body: JSON.stringify(input) });
			return { status: response.status, ...((await response.json()) as { __type: string; message: string }) };
		};
		expect(await call("ListUsers", { UserPoolId })).toMatchObject({
			status: 400,
			__type: "MissingAuthenticationTokenException",
		});
		expect(await call("GetUser", { AccessToken: "x" })).toMatchObject({ __type: "NotAuthorizedException" });
		expect(await call("CreateUserPool", {})).toMatchObject({
			status: 400,
			__type: "UnknownOperationException",
			message: expect.stringContaining("CreateUserPool"),
		});
	});

	test("another user pool is not found", async () => {
		expect(await codeOf(cognito.listUsers({ UserPoolId: "us-east-1_Other" }))).toBe("ResourceNotFoundException");
	});
});

test("the OpenID configuration names the issuer and the keys of the tokens", async () => {
	const response = await fetch(`${tenant.url}/${UserPoolId}/.well-known/openid-configuration`);
	const { issuer, jwks_uri } = (await response.json()) as Record<string, string>;
	expect(issuer).toBe(tenant.userPool.issuer);
	expect(await (await fetch(jwks_uri ?? "")).json()).toEqual(tenant.userPool.keySet());
	expect((await fetch(`${tenant.url}/us-east-1_Other/.well-known/openid-configuration`)).status).toBe(404);
});
