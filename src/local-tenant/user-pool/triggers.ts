import { CognitoException } from "./cognito-exception.ts";
import { LambdaValidation } from "./user-pool-options.ts";

/** Runs a Lambda trigger, turning what it throws into what Cognito answers then. */
export function callTrigger<T>(trigger: string, run: () => T): T {
	try {
		return run();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new CognitoException(
			error instanceof LambdaValidation ? "UserLambdaValidationException" : "UnexpectedLambdaException",
			`${trigger} failed with error ${message}.`,
		);
	}
}
