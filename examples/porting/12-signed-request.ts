// Sign a plain HTTP request with the session's credentials, here for the URL of a function.
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const { accessKey, secretKey, token } = await session.getCredentials().getFrozenCredentials();

const url = new URL(process.env.FUNCTION_URL ?? "");
const body = JSON.stringify({ question: "who are you?" });
const signer = new SignatureV4({
	credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, ...(token && { sessionToken: token }) },
	region: await session.regionName(),
	service: "lambda",
	sha256: Sha256,
});
const { headers } = await signer.sign({
	method: "POST",
	protocol: url.protocol,
	hostname: url.hostname,
	path: url.pathname,
	headers: { host: url.host, "content-type": "application/json" },
	body,
});
const response = await fetch(url, { method: "POST", body, headers });
console.log(JSON.stringify({ status: response.status, answer: await response.json() }));

const unsigned = await fetch(url, { method: "POST", body });
console.log(JSON.stringify({ status: unsigned.status }));
