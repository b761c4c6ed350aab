// The package twice in one process, imported and required.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as imported from "echostream-botocore";

const required = createRequire(import.meta.url)("echostream-botocore");
const thrown = (action) => {
	try {
		action();
	} catch (error) {
		return error;
	}
};

assert.notEqual(imported.AppSession, required.AppSession);
for (const [mine, other] of [
	[imported, required],
	[required, imported],
]) {
	const error = thrown(() => new mine.AppSession({ duration: 1 }));
	assert.ok(!(error instanceof other.SettingsError));
	assert.ok(other.isEchoStreamError(error));
	assert.equal(error.code, "InvalidSettings");
}

const user = new required.AppSession().cognito;
const session = new imported.AppSession({ cognito: user });
const { accessKeyId } = await session.credentials();
console.log(accessKeyId.slice(0, 4), (await session.describeTenant()).table);
