// The minimum: Cognito's SRP with OpenSSL, and requests over Node's own HTTP client. No error is handled and nothing is renewed. The
// difference between any other program and this one is its own cost.
//
//   floor.mjs               up to the first credentials: three requests over plain HTTP, over one connection
//   floor.mjs item          up to the first item of DynamoDB: four requests by TLS, to three hosts, each of which is connected to when
//                           its request is ready
//   floor.mjs item ahead    the same, but all hosts are connected to at once, at the start
import {
	constants,
	createHash,
	createHmac,
	createPublicKey,
	getDiffieHellman,
	publicEncrypt,
	randomBytes,
} from "node:crypto";
import { announce } from "./announce.mjs";

const loadedAt = performance.now();
const { APP, APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TABLE, TENANT, USER_NAME, USER_POOL_ID } = process.env;
const isItemWanted = process.argv.includes("item");
const COGNITO_ENDPOINT = isItemWanted ? "https://cognito-idp.us-east-1.amazonaws.com" : process.env.AWS_ENDPOINT_URL;
const DYNAMODB_ENDPOINT = "https://dynamodb.us-east-1.amazonaws.com";

// Imported as a module, `node:http` would load undici on Node 22 and later.
const { Agent, request } = process.getBuiltinModule(isItemWanted ? "node:https" : "node:http");
const agent = new Agent({ keepAlive: true });
if (process.argv.includes("ahead")) connectAhead([COGNITO_ENDPOINT, APPSYNC_ENDPOINT, DYNAMODB_ENDPOINT]);

/** Resolves the names and opens the sockets before TLS starts: its first use parses the root certificates, which takes a while. */
function connectAhead(endpoints) {
	const net = process.getBuiltinModule("node:net");
	const tls = process.getBuiltinModule("node:tls");
	const sockets = new Map();
	for (const { hostname } of endpoints.map((endpoint) => new URL(endpoint))) {
		const socket = net.connect({ host: hostname, port: 443, noDelay: true });
		const secure = () => tls.connect({ socket, servername: hostname });
		sockets.set(hostname, new Promise((resolve) => socket.once("connect", () => resolve(secure()))));
	}
	agent.createConnection = ({ host }, callback) => void sockets.get(host).then((socket) => callback(null, socket));
	// While the names are resolved:
	setImmediate(tls.createSecureContext);
}

function send(url, headers, body) {
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
		sent.end(body);
	});
}
function post(url, headers, body) {
	return send(url, headers, JSON.stringify(body));
}
function cognito(operation, body) {
	const target = `AWSCognitoIdentityProviderService.${operation}`;
	return post(COGNITO_ENDPOINT, { "content-type": "application/x-amz-json-1.1", "x-amz-target": target }, body);
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
const credentials = data.GetApp.GetAwsCredentials;
if (!isItemWanted) announce(credentials.accessKeyId, { loadedAt });
else {
	const { Item } = await getItem(credentials, { TableName: TABLE, Key: { pk: { S: "item" }, sk: { S: "first" } } });
	announce(Item.pk.S, { loadedAt });
}

/** Signs with version 4 of AWS's signatures. */
function getItem({ accessKeyId, secretAccessKey, sessionToken }, input) {
	const body = JSON.stringify(input);
	const digest = (text) => sha256(text).toString("hex");
	const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
	const headers = {
		"content-type": "application/x-amz-json-1.0",
		host: new URL(DYNAMODB_ENDPOINT).host,
		"x-amz-date": date,
		"x-amz-security-token": sessionToken,
		"x-amz-target": "DynamoDB_20120810.GetItem",
	};
	const names = Object.keys(headers).join(";");
	const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
	const canonical = ["POST", "/", "", lines.join(""), names, digest(body)].join("\n");
	const scope = [date.slice(0, 8), "us-east-1", "dynamodb", "aws4_request"];
	const key = scope.reduce((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
	const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), digest(canonical)].join("\n")).toString(
		"hex",
	);
	const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
	return send(DYNAMODB_ENDPOINT, { ...headers, authorization }, body);
}
