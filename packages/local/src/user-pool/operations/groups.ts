import type { Group } from "../groups.ts";
import { inputString, type OperationInput, type PoolOperation } from "../request.ts";
import { describeUser, namedUser } from "./administration.ts";
import { pageOf } from "./pages.ts";

function describeGroup({ createdMs, description, modifiedMs, name, precedence, roleArn }: Group, UserPoolId: string) {
	return {
		GroupName: name,
		UserPoolId,
		...(description !== undefined && { Description: description }),
		...(precedence !== undefined && { Precedence: precedence }),
		...(roleArn !== undefined && { RoleArn: roleArn }),
		CreationDate: createdMs / 1000,
		LastModifiedDate: modifiedMs / 1000,
	};
}

/** The members of a group in an input. */
function settings({ Description, Precedence, RoleArn }: OperationInput) {
	return {
		...(typeof Description === "string" && { description: Description }),
		...(typeof Precedence === "number" && { precedence: Precedence }),
		...(typeof RoleArn === "string" && { roleArn: RoleArn }),
	};
}

/** The operations of an administrator on groups. Their requests are signed with AWS credentials. */
export const GROUP_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	CreateGroup(pool, input) {
		const nowMs = pool.now();
		const group = { name: inputString(input, "GroupName"), createdMs: nowMs, modifiedMs: nowMs, ...settings(input) };
		pool.groups.create(group);
		return { Group: describeGroup(group, pool.settings.id) };
	},

	GetGroup(pool, input) {
		return { Group: describeGroup(pool.groups.get(inputString(input, "GroupName")), pool.settings.id) };
	},

	UpdateGroup(pool, input) {
		const group = pool.groups.get(inputString(input, "GroupName"));
		const updated = { ...group, ...settings(input), modifiedMs: pool.now() };
		pool.groups.replace(updated);
		return { Group: describeGroup(updated, pool.settings.id) };
	},

	DeleteGroup(pool, input) {
		pool.groups.delete(pool.groups.get(inputString(input, "GroupName")).name);
		return {};
	},

	ListGroups(pool, input) {
		const { items, next } = pageOf(pool.groups.all(), ({ name }) => name, input.Limit, input.NextToken);
		const Groups = items.map((group) => describeGroup(group, pool.settings.id));
		return { Groups, ...(next !== undefined && { NextToken: next }) };
	},

	ListUsersInGroup(pool, input) {
		const { name } = pool.groups.get(inputString(input, "GroupName"));
		const members = [...pool.users.all()].filter(({ username }) => pool.groups.has(username, name));
		const { items, next } = pageOf(members, ({ username }) => username, input.Limit, input.NextToken);
		return { Users: items.map((account) => describeUser(account)), ...(next !== undefined && { NextToken: next }) };
	},

	AdminAddUserToGroup(pool, input) {
		const { username } = namedUser(pool, input);
		pool.groups.add(username, pool.groups.get(inputString(input, "GroupName")).name);
		return {};
	},

	AdminRemoveUserFromGroup(pool, input) {
		const { username } = namedUser(pool, input);
		pool.groups.remove(username, pool.groups.get(inputString(input, "GroupName")).name);
		return {};
	},

	AdminListGroupsForUser(pool, input) {
		const groups = pool.groups.of(namedUser(pool, input).username);
		const { items, next } = pageOf(groups, ({ name }) => name, input.Limit, input.NextToken);
		const Groups = items.map((group) => describeGroup(group, pool.settings.id));
		return { Groups, ...(next !== undefined && { NextToken: next }) };
	},
};
