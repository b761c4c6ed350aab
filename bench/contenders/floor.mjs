// The minimum: Cognito's SRP with OpenSSL, and three requests over one connection. No error is handled and nothing is renewed.
// The difference between any other program and this one is its own cost.
import {
	constants,
	createHash,
	createHmac,
	createPublicKey,
	getDiffieHellman,
	publicEncrypt,
	randomBytes,
} from "node:crypto";
import { Agent, request } from "node:http";
import { announce } from "./announce.mjs";

const { APP, APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = process.env;

const agent = new Agent({ keepAlive: true });
function post(url, headers, body) {
	return new Promise((resolve, reject) => {
		const sent = request(url, { agent, method: "POST", headers }, (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (chunk) => {
				text += chunk;
			});
			response.on("end", () => resolve(JSON.parse(text)));
		});
		sent.on("error", reject);
		sent.end(JSON.stringify(body));
	});
}
function cognito(operation, body) {
	const target = `AWSCognitoIdentityProviderService.${operation}`;
	return post(AWS_ENDPOINT_URL, { "content-type": "application/x-amz-json-1.1", "x-amz-target": target }, body);
}

const prime = getDiffieHellman("modp15").getPrime();
const N = BigInt(`0x${prime.toString("hex")}`);
const n = prime.toString("base64url");
const hex = (value) => value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), "0");
const bytes = (value) => Buffer.from(/^[89a-f]/.test(hex(value)) ? `00${hex(value)}` : hex(value), "hex");
const number = (buffer) => BigInt(`0x${buffer.toString("hex")}`);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", key)).digest();
// RSA without padding computes a power modulo N.
function power(base, exponent) {
	const e = Buffer.from(hex(exponent), "hex").toString("base64url");
	const key = createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
	const message = Buffer.from(hex(base).padStart(768, "0"), "hex");
	return number(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message));
}

const a = number(randomBytes(32));
const A = power(2n, a);
const { ChallengeParameters } = await cognito("InitiateAuth", {
	AuthFlow: "USER_SRP_AUTH",
	ClientId: CLIENT_ID,
	AuthParameters: { USERNAME: USER_NAME, SRP_A: A.toString(16) },
});
const { SALT, SECRET_BLOCK, SRP_B, USER_ID_FOR_SRP } = ChallengeParameters;

const pool = USER_POOL_ID.split("_")[1];
const B = BigInt(`0x${SRP_B}`);
const u = number(sha256(bytes(A), bytes(B)));
const k = number(sha256(bytes(N), bytes(2n)));
const x = number(sha256(bytes(BigInt(`0x${SALT}`)), sha256(pool, USER_ID_FOR_SRP, ":", PASSWORD)));
const S = power((((B - k * power(2n, x)) % N) + N) % N, a + u * x);
const key = hmac(hmac(bytes(u), bytes(S)), "Caldera Derived Key\u0001").subarray(0, 16);
const [weekday, day, month, year, time] = new Date().toUTCString().replace(",", "").split(" ");
const TIMESTAMP = `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
const { AuthenticationResult } = await cognito("RespondToAuthChallenge", {
	ChallengeName: "PASSWORD_VERIFIER",
	ClientId: CLIENT_ID,
	ChallengeResponses: {
		USERNAME: USER_ID_FOR_SRP,
		PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
		PASSWORD_CLAIM_SIGNATURE: hmac(key, pool, USER_ID_FOR_SRP, Buffer.from(SECRET_BLOCK, "base64"), TIMESTAMP).toString(
			"base64",
		),
		TIMESTAMP,
	},
});

const keys = "GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }";
const { data } = await post(
	APPSYNC_ENDPOINT,
	{ "content-type": "application/json", authorization: AuthenticationResult.AccessToken },
	{
		query: `query credentials($app: String!, $tenant: String!, $duration: Int!) { GetApp(name: $app, tenant: $tenant) {
			... on CrossAccountApp { ${keys} } ... on ExternalApp { ${keys} } ... on ManagedApp { ${keys} } } }`,
		variables: { app: APP, tenant: TENANT, duration: 3600 },
	},
);
announce(data.GetApp.GetAwsCredentials.accessKeyId);
