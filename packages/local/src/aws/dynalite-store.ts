type Callback = (...values: unknown[]) => unknown;
/** What a lock hands to the function that waited for it: wraps a callback that ends the lock. */
type Release = (done: Callback) => Callback;

/**
 * A view of dynalite's store for one request.
 *
 * dynalite's actions go on in callbacks of the store, where nobody catches what they throw: it would end the process. Here
 * it goes to `fail`, and the locks that the request holds are released.
 */
export function storeFor(store: object, fail: (error: unknown) => void): object {
	const held = new Set<Release>();
	const failAndRelease = (error: unknown) => {
		fail(error);
		for (const release of held) attempt(release(() => undefined));
	};
	const view = <T>(target: T): T => {
		if (typeof target !== "object" || target === null) return target;
		return new Proxy(target, {
			get(object, name) {
				const member: unknown = Reflect.get(object, name);
				if (typeof member !== "function") return view(member);
				const locks = name === "lock";
				return (...values: unknown[]) =>
					view(
						member.apply(
							object,
							values.map((value) => (isCallback(value) ? guard(value, locks) : value)),
						),
					);
			},
		});
	};
	const guard =
		(callback: Callback, isLocked: boolean): Callback =>
		(...values) => {
			if (isLocked) held.add(values[0] as Release);
			try {
				return callback(...values);
			} catch (error) {
				failAndRelease(error);
			}
		};
	return view(store);
}

function isCallback(value: unknown): value is Callback {
	return typeof value === "function";
}

/** A lock that has been released already may throw when it is released again. */
function attempt(release: Callback): void {
	try {
		release();
	} catch {}
}
