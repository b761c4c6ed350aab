/** The result of a request to AWS. `undefined` if the user is not authorized to send it. */
export async function ifAllowed<T>(request: Promise<T>): Promise<T | undefined> {
	try {
		return await request;
	} catch (error) {
		if (isAccessDenied(error)) return undefined;
		throw error;
	}
}

function isAccessDenied(error: unknown): boolean {
	return /AccessDenied/.test((error as Error | undefined)?.name ?? "");
}
