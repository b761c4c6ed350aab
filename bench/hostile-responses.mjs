import { Readable } from "node:stream";
import { AppSession, Cognito } from "../dist/esm/index.js";

/** Maximum time for which a response may block the event loop. */
const LIMIT_MS = 100;

const KB = 1024;
const MB = KB * KB;
/** Fillings of a response, by its size: long strings of characters that parsers look for, and very many values. */
const FILLINGS = {
	colons: (size) => `"${":".repeat(size)}"`,
	letters: (size) => `"${"A".repeat(size)}"`,
	"number signs": (size) => `"${"#".repeat(size)}"`,
	"escaped controls": (size) => `"${"\\u001b".repeat(size / 6)}"`,
	spaces: (size) => " ".repeat(size),
	digits: (size) => "9".repeat(size),
	zeros: (size) => `[${"0,".repeat(size / 2)}0]`,
	"empty arrays": (size) => `[${"[],".repeat(size / 3)}0]`,
	"empty objects": (size) => `[${"{},".repeat(size / 3)}0]`,
	"objects alike": (size) => `[${'{"a":0},'.repeat(size / 8)}0]`,
	"fields of different names": (size) => `{${Array.from({ length: size / 12 }, (_, i) => `"k${i}":0`).join(",")}}`,
	"objects of different fields": (size) => `[${Array.from({ length: size / 14 }, (_, i) => `{"k${i}":0}`).join(",")}]`,
	"nested arrays": (size) => "[".repeat(size / 2) + "]".repeat(size / 2),
	"nested objects": (size) => `${'{"a":'.repeat(size / 6)}0${"}".repeat(size / 6)}`,
};
const SIZES = [200 * KB, 500 * KB, MB, 1.2 * MB, 2 * MB, 5 * MB];

/** Each service, and the response that is filled. */
const SERVICES = {
	Cognito: {
		bodyOf: (filling) => `{"__type":${filling},"message":${filling},"ChallengeParameters":${filling}}`,
		call: (requestHandler) => user(requestHandler).getAccessToken(),
	},
	"Cognito, which quotes what it sent before": {
		firstBodyOf: (filling) =>
			`{"ChallengeName":"PASSWORD_VERIFIER","Session":${filling},"ChallengeParameters":{"USERNAME":"jo","USER_ID_FOR_SRP":"jo","SRP_B":"${"7f".repeat(384)}","SALT":"a1b2","SECRET_BLOCK":"AAAA"}}`,
		bodyOf: (filling) => `{"__type":"Failure","message":${filling}}`,
		call: (requestHandler) => user(requestHandler).getAccessToken(),
	},
	AppSync: {
		bodyOf: (filling) => `{"data":{"a":${filling}},"errors":[{"message":${filling},"errorType":${filling}}]}`,
		call: (requestHandler) => session(requestHandler).query("{ a }"),
	},
	"AppSync, for Apollo": {
		bodyOf: (filling) => `{"data":{"a":${filling}},"errors":[{"message":"no","errorInfo":${filling}}]}`,
		call: (requestHandler) => session(requestHandler).appsyncFetch("", { headers: {}, body: "" }),
	},
	"AppSync, data": {
		bodyOf: (filling) => `{"data":{"a":${filling}}}`,
		call: (requestHandler) => session(requestHandler).query("{ a }"),
	},
};

/** Measures the longest time for which hostile responses block the event loop. */
export async function measureHostileResponses({ rounds = 5 }) {
	const rows = [];
	for (const [service, { firstBodyOf, bodyOf, call }] of Object.entries(SERVICES)) {
		for (const [filling, fill] of Object.entries(FILLINGS)) {
			for (const size of SIZES) {
				const copies = bodyOf("%").split("%").length - 1;
				const body = Buffer.from(bodyOf(fill(size / copies)));
				const first = firstBodyOf && Buffer.from(firstBodyOf(fill(size / copies)));
				for (const status of [200, 400]) {
					rows.push(await measured({ service, filling, first, body, status, call, rounds }));
				}
			}
		}
	}
	rows.sort((a, b) => b.longestMs - a.longestMs);
	return {
		limitMs: LIMIT_MS,
		responses: rows.length * rounds,
		longestMs: rows[0].longestMs,
		slowest: rows.slice(0, 10),
	};
}

async function measured({ service, filling, first, body, status, call, rounds }) {
	const stops = [];
	let ending = "";
	for (let round = 0; round < rounds; round++) {
		globalThis.gc();
		const stall = new Stall();
		ending = await call(handlerOf(status, body, first)).then(
			(value) => (value instanceof Response ? "errors" : "data"),
			({ code, name }) => code ?? name,
		);
		stops.push(await stall.end());
	}
	// The median, because the first round includes compiling the code.
	const longestMs = stops.sort((a, b) => a - b)[Math.floor(rounds / 2)];
	return { service, filling, status, bytes: body.length, ending, longestMs };
}

/** Measures the longest turn of the event loop, in processor time of this process. */
class Stall {
	#longestMs = 0;
	#last = now();
	#next = setImmediate(() => this.#turn());

	#turn() {
		const { wallMs, cpuMs } = now();
		this.#longestMs = Math.max(this.#longestMs, Math.min(wallMs - this.#last.wallMs, cpuMs - this.#last.cpuMs));
		this.#last = { wallMs, cpuMs };
		this.#next = setImmediate(() => this.#turn());
	}

	async end() {
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		clearImmediate(this.#next);
		return this.#longestMs;
	}
}

function now() {
	const { user, system } = process.cpuUsage();
	return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

/** A response from memory, after the first one if there is one, in chunks like those of a socket. */
function handlerOf(statusCode, body, first) {
	const responses = first === undefined ? [] : [responseOf(200, first)];
	return { handle: async () => ({ response: responses.shift() ?? responseOf(statusCode, body) }) };
}

function responseOf(statusCode, body) {
	const pieces = Array.from({ length: Math.ceil(body.length / (64 * KB)) }, (_, i) =>
		body.subarray(i * 64 * KB, (i + 1) * 64 * KB),
	);
	return { statusCode, headers: {}, body: Readable.from(pieces) };
}

function user(requestHandler) {
	const endpoint = "https://cognito.example";
	const login = { userPoolId: "us-east-1_Local", clientId: "client", username: "jo", password: "secret" };
	return new Cognito({ ...login, endpoint, requestHandler, maxAttempts: 1 });
}

function session(requestHandler) {
	const cognito = { username: "jo", getAccessToken: async () => "token" };
	const appsyncEndpoint = "https://appsync.example/graphql";
	return new AppSession({ cognito, appsyncEndpoint, requestHandler, app: "app", tenant: "tenant", maxAttempts: 1 });
}
