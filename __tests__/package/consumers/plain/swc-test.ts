// Run by jest, which compiles it with SWC.
import { expect, test } from "@jest/globals";
import { AppSession } from "echostream-botocore";

test("signs in", async () => {
	const session: AppSession = new AppSession();
	expect((await session.credentials()).accessKeyId).toMatch(/^ASIA/);
});
