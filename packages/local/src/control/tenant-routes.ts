import { flag, object, text } from "../shape.ts";
import { ControlError, limitOf, numberOf, type RouteContext, type RouteInput, type Routes } from "./route.ts";

const TENANT = object({ active: flag }, ["active"]);
const OPTIONAL_USER = object({ user: text });
const USER = object({ user: text }, ["user"]);

/** The tenant as a whole, the variables of its users, and what they hold. */
export const TENANT_ROUTES: Routes = {
	"GET /state": stateOf,
	"GET /environment": environmentOf,
	"GET /audit-records"({ tenant }, { query }) {
		const after = numberOf(query, "after", 0);
		const page = tenant.auditRecords.slice(after, after + limitOf(query));
		return { records: page, next: after + page.length };
	},
	"PATCH /tenant"({ tenant }, { body }) {
		TENANT(body, "");
		tenant.active = body.active === true;
		return { active: tenant.active };
	},
	"POST /access-keys/revoke"({ tenant }, { body }) {
		OPTIONAL_USER(body, "");
		tenant.revokeAccessKeys(body.user as string | undefined);
		return {};
	},
	"POST /access-keys/expire"({ tenant }, { body }) {
		OPTIONAL_USER(body, "");
		tenant.expireAccessKeys(body.user as string | undefined);
		return {};
	},
	"POST /tokens/revoke"({ tenant }, { body }) {
		USER(body, "");
		if (!tenant.userPool.users().some(({ username }) => username === body.user)) throw noSuchUser(body.user);
		tenant.userPool.revokeRefreshTokens(String(body.user));
		return {};
	},
};

function stateOf({ tenant }: RouteContext, { origin }: RouteInput) {
	const { apps } = tenant.directory;
	return {
		name: tenant.name,
		region: tenant.region,
		url: origin,
		active: tenant.active,
		now: new Date(tenant.clock.now()).toISOString(),
		table: tenant.table,
		userPool: { id: tenant.userPool.id, clientId: tenant.userPool.clientId },
		users: usersOf(tenant),
		apps: [...apps.values()].map(({ config: _, ...app }) => app),
		...tenant.directory.picture(),
	};
}

/** The users of the pool, with what they are to the tenant. */
export function usersOf({ directory, userPool }: RouteContext["tenant"]) {
	return userPool.users().map(({ createdAt, ...account }) => {
		const user = directory.user(account.username);
		return {
			...account,
			createdAt: new Date(createdAt).toISOString(),
			...(user?.kind === "app" && { app: user.app }),
			...(user?.kind === "apiUser" && { role: user.role }),
		};
	});
}

/** The variables, with the address by which the caller reaches the tenant. */
function environmentOf({ tenant }: RouteContext, { origin, query }: RouteInput) {
	const app = query.get("app");
	const apiUser = query.get("apiUser");
	if ((app === null) === (apiUser === null)) {
		throw new ControlError(400, "The identity is missing: use the parameter app or apiUser, with a name");
	}
	const variables = environmentOrNone(tenant, app === null ? { apiUser: apiUser ?? "" } : { app });
	const reached = Object.entries(variables).map(([name, value]) => [
		name,
		value.startsWith(tenant.url) ? origin + value.slice(tenant.url.length) : value,
	]);
	return Object.fromEntries(reached);
}

function environmentOrNone(tenant: RouteContext["tenant"], identity: { app: string } | { apiUser: string }) {
	try {
		return tenant.environment(identity);
	} catch (error) {
		throw error instanceof TypeError ? new ControlError(404, error.message) : error;
	}
}

/** The rejection of a request that names an unknown user. */
export function noSuchUser(name: unknown): ControlError {
	return new ControlError(404, `The user ${name} was not found`);
}
