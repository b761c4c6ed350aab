import { isEchoStreamError } from "echostream-botocore";

/** Lets a route handler respond with 503 in an outage, and with 500 if the session fails for another reason. */
export function responding<A extends unknown[]>(handler: (...args: A) => Promise<Response>) {
	return async (...args: A): Promise<Response> => {
		try {
			return await handler(...args);
		} catch (error) {
			if (!isEchoStreamError(error)) throw error;
			// The message is for operators: it names the tenant, its servers and settings.
			console.error(error);
			if (!error.transient) return Response.json({ message: "Internal Server Error" }, { status: 500 });
			return Response.json({ message: "Try again later" }, { status: 503, headers: { "retry-after": "5" } });
		}
	};
}
