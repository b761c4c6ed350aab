import { flag, object, text } from "../shape.ts";
import type { Routes } from "./route.ts";
import { noSuchUser, usersOf } from "./tenant-routes.ts";

const CHANGES = object({ password: text, disabled: flag });

/** The users of the pool, and the codes that were "sent" to them. */
export const USER_ROUTES: Routes = {
	"GET /users": ({ tenant }) => ({ users: usersOf(tenant) }),
	"PATCH /users/:name"({ tenant, users }, { body, path: [name = ""] }) {
		CHANGES(body, "");
		const { userPool } = tenant;
		if (!userPool.users().some(({ username }) => username === name)) throw noSuchUser(name);
		if (typeof body.password === "string") users.setPassword(name, body.password);
		if (typeof body.disabled === "boolean") userPool.disableUser(name, body.disabled);
		return usersOf(tenant).find(({ username }) => username === name);
	},
	"GET /codes"({ tenant }, { query }) {
		const user = query.get("user");
		return { codes: tenant.userPool.sentCodes.filter(({ username }) => username === (user ?? username)) };
	},
};
