// A program in an editor.
import { Session } from "echostream-boto3";
import { ApiSession, AppSession, Cognito, type HttpHandler } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";
import { LocalTenant } from "echostream-local";

const session = new AppSession({ tenant: "t", username: "u", store: new FileStore() });
export const app = session.describeApp();
export const { credentials } = new ApiSession({
	cognito: new Cognito({ userPoolId: "p", clientId: "c" }),
	duration: 900,
});
export const handle = (handler: HttpHandler) => handler.handle;
export const clients = new Session({ services: {} }).getAvailableServices;
export const started = LocalTenant.start();
