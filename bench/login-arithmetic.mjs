import { randomBytes } from "node:crypto";
import { createSrpSession, signSrpSession, wrapInitiateAuth } from "cognito-srp-helper";
import { A_BYTES, passwordClaim, srpKeys } from "../dist/cjs/cognito/login/srp.js";
import { nodeSrpCrypto, webSrpCrypto } from "../dist/cjs/cognito/login/srp-crypto.js";
import { summary } from "./statistics.mjs";

const POOL = "us-east-1_Bench";
const PASSWORD = "correct horse battery staple";

/** Measures the client's arithmetic of one login: both steps, without requests. */
export async function measureLoginArithmetic({ rounds }) {
	const nodeCrypto = nodeSrpCrypto(process.getBuiltinModule("node:crypto"));
	const webCrypto = webSrpCrypto(globalThis.crypto);
	const logins = {
		"ours, OpenSSL": (challenge) => ours(challenge, nodeCrypto),
		"ours, BigInt and Web Crypto": (challenge) => ours(challenge, webCrypto),
		"cognito-srp-helper": theirs,
	};
	const times = Object.fromEntries(Object.keys(logins).map((name) => [name, []]));
	for (let round = -1; round < rounds; round++) {
		const challenge = {
			SALT: randomBytes(16).toString("hex"),
			SECRET_BLOCK: randomBytes(1024).toString("base64"),
			SRP_B: randomBytes(383).toString("hex"),
			USERNAME: "user",
			USER_ID_FOR_SRP: "user",
		};
		for (const [name, login] of Object.entries(logins)) {
			const start = performance.now();
			await login(challenge);
			if (round >= 0) times[name].push(performance.now() - start);
		}
	}
	return Object.entries(times).map(([name, ms]) => ({ name, ms: summary(ms) }));
}

async function ours(challenge, crypto) {
	const keys = srpKeys(randomBytes(A_BYTES), crypto);
	const identity = { group: POOL.split("_")[1], name: challenge.USER_ID_FOR_SRP, password: PASSWORD };
	await passwordClaim(keys, identity, challenge, Date.now(), crypto);
}

function theirs(ChallengeParameters) {
	const session = createSrpSession("user", PASSWORD, POOL, false);
	wrapInitiateAuth(session, { ClientId: "client", AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: "user" } });
	signSrpSession(session, { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters, $metadata: {} });
}
