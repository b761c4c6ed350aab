// A program without the types of browsers and of Node.
import { AppSession, type HttpHandler, isEchoStreamError, SessionMiddlewareStack } from "echostream-botocore";
import { FileStore, Store } from "echostream-botocore/stores";

export class OwnStore extends Store {
	override read = async () => undefined;
	override write = async () => undefined;
	override lease = async () => true;
	override release = async () => {};
}

export function sessionWith(requestHandler: HttpHandler): AppSession {
	return new AppSession({ password: async () => "p", requestHandler, store: new FileStore() });
}

export async function failure(session: AppSession): Promise<string | undefined> {
	try {
		await session.ready();
	} catch (error) {
		return isEchoStreamError(error) ? error.code : undefined;
	} finally {
		await session[Symbol.asyncDispose]();
	}
	return undefined;
}

// @ts-expect-error: a class of which only the type is exported does not exist at run time.
export const stack = new SessionMiddlewareStack();
