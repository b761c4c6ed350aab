/** Runs something whose errors have no stack, because each of a thousand callers gets its own, and stacks take most of the time. */
export async function withoutStacks<T>(run: () => Promise<T>): Promise<T> {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = 0;
	try {
		return await run();
	} finally {
		Error.stackTraceLimit = stackTraceLimit;
	}
}
