import { faultShape } from "../http/fault-shape.ts";
import type { LocalTenantOptions } from "../local-tenant.ts";
import { anything, callable, flag, integer, list, map, object, oneOf, type Shape, text } from "../shape.ts";

const MAX_MS = 86_400_000;
const TEN_YEARS_SECONDS = 315_360_000;

const appShape = object(
	{
		name: text,
		type: oneOf("CrossAccountApp", "CrossTenantReceivingApp", "CrossTenantSendingApp", "ExternalApp", "ManagedApp"),
		username: text,
		password: text,
		tableAccess: flag,
		tenantAccess: flag,
		config: anything,
		description: text,
	},
	["name"],
);

const apiUserShape = object(
	{ username: text, role: oneOf("admin", "user", "read_only"), password: text, description: text },
	["username"],
);

const factorShape = object({ type: oneOf("SMS", "EMAIL", "TOTP"), destination: text, secret: text, preferred: flag }, [
	"type",
]);

const userShape = object(
	{
		username: text,
		password: text,
		sub: text,
		aliases: list(text),
		attributes: map(text),
		status: oneOf("CONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED", "UNCONFIRMED"),
		mfa: list(factorShape),
		disabled: flag,
	},
	["username", "password"],
);

const userPoolShape = object({
	id: text,
	clientId: text,
	clientSecret: text,
	authFlows: list(oneOf("USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")),
	accessTokenSeconds: integer(300, 86_400),
	idTokenSeconds: integer(300, 86_400),
	refreshTokenSeconds: integer(3600, TEN_YEARS_SECONDS),
	refreshTokenRotation: object({ graceSeconds: integer(0, 60) }, ["graceSeconds"]),
	authSessionSeconds: integer(180, 900),
	devices: oneOf("off", "optIn", "always"),
	mfa: oneOf("OFF", "OPTIONAL", "ON"),
	preventUserExistenceErrors: oneOf("LEGACY", "ENABLED"),
	issuer: oneOf("ORIGINAL", "UPDATED"),
	requiredAttributes: list(text),
	passwordAttemptsLock: flag,
	disabledOperations: list(text),
	customChallenge: callable,
	triggers: object({ preAuthentication: callable, preTokenGeneration: callable }),
	users: list(userShape),
});

const tableShape: Shape = (value, path) => {
	map(anything)(value, path);
	const { AttributeDefinitions, KeySchema, TableName } = value as Record<string, unknown>;
	object({ TableName: text, KeySchema: list(anything), AttributeDefinitions: list(anything) }, [
		"TableName",
		"KeySchema",
		"AttributeDefinitions",
	])({ ...(TableName !== undefined && { TableName }), KeySchema, AttributeDefinitions }, path);
};

/** Every option of a tenant but those that only a program can provide. */
const OPTIONS: Readonly<Record<Exclude<keyof LocalTenantOptions, "clock" | "random">, Shape>> = {
	name: text,
	region: text,
	table: text,
	apps: list(appShape),
	apiUsers: list(apiUserShape),
	edges: list(object({ source: text, target: text }, ["source", "target"])),
	tables: list(tableShape),
	queues: list(object({ QueueName: text, Attributes: map(text) }, ["QueueName"])),
	faults: list(faultShape()),
	port: integer(0, 65_535),
	host: text,
	data: text,
	allowedOrigins: list(text),
	allowedHosts: list(text),
	active: flag,
	userPool: userPoolShape,
	credentials: object({ maxSeconds: integer(1, TEN_YEARS_SECONDS), dateFormat: callable }),
	introspection: flag,
	dynamodbEndpoint: text,
	lambdas: map(callable),
	requestDelayMs: integer(0, MAX_MS),
	audit: flag,
};

/** The shape of a config file. */
export const configShape = object(OPTIONS);
