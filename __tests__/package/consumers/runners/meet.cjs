// Waits until two test files run at the same time, each with its tenant, and signs in.
const { existsSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { AppSession } = require("echostream-botocore");

exports.meet = async (name, other, tenant) => {
	const { APPSYNC_ENDPOINT, MEETING } = process.env;
	const session = new AppSession();
	const { table } = await session.describeTenant();
	const tables = (await session.credentials()).accessKeyId.startsWith("ASIA") ? table : "";
	session.destroy();
	if (tenant !== undefined && (tenant.table !== tables || APPSYNC_ENDPOINT !== `${tenant.url}/graphql`)) {
		throw new Error(`${tables} at ${APPSYNC_ENDPOINT} is not ${tenant.table} at ${tenant.url}`);
	}
	writeFileSync(join(MEETING, name), JSON.stringify({ endpoint: APPSYNC_ENDPOINT, pid: process.pid }));
	while (!existsSync(join(MEETING, other))) await new Promise((resolve) => setTimeout(resolve, 20));
};
