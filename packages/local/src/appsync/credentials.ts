import type { TenantUser } from "../network/networks.ts";
import { invalid, type RequestContext } from "./request-context.ts";

/** The arguments of `GetAwsCredentials`. */
export interface CredentialsArguments {
	readonly duration?: number | null;
}

const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;

/** AWS credentials for a user. Only active tenants issue them. */
export function awsCredentials(holder: TenantUser, { duration }: CredentialsArguments, { api }: RequestContext) {
	const { credentials, isActive, keys } = api;
	if (!isActive()) throw invalid(`Tenant ${holder.tenant} is not active`);
	const seconds = duration ?? 3600;
	if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
		throw invalid(`duration must be between ${MIN_SECONDS} and ${MAX_SECONDS}, not ${seconds}`);
	}
	const key = keys.issue(holder, Math.min(seconds, credentials.maxSeconds ?? seconds));
	const isoDate = (ms: number) => new Date(ms).toISOString();
	return {
		accessKeyId: key.accessKeyId,
		secretAccessKey: key.secretAccessKey,
		sessionToken: key.sessionToken,
		expiration: (credentials.dateFormat ?? isoDate)(key.expiresAt),
	};
}

/** The credentials with which a user signs in. */
export function cognitoCredentials(username: string, { api }: RequestContext) {
	const { pool, users } = api;
	return { clientId: pool.clientId, password: users.passwordOf(username), userPoolId: pool.id, username };
}
