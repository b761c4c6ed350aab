/**
 * Runs numbered tasks, a few at a time, and returns their results in the order of the numbers. When it ends, also after a
 * failure, no task is running any more.
 */
export async function* inOrder<T>(
	count: number,
	atOnce: number,
	task: (index: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
	const running: Promise<T>[] = [];
	try {
		for (let index = 0; index < count || running.length > 0; ) {
			while (running.length < atOnce && index < count) {
				const result = task(index++);
				// It is awaited later. Until then, its failure is not unhandled.
				result.catch(() => {});
				running.push(result);
			}
			yield await (running.shift() as Promise<T>);
		}
	} finally {
		await Promise.allSettled(running);
	}
}
