/** The step of a call at which a middleware runs, and its place among the others of the step, as the AWS SDK has them. */
export interface MiddlewareOptions {
	/** Default: `initialize`. */
	readonly step?: "initialize" | "serialize" | "build" | "finalizeRequest" | "deserialize";
	/** Default: `normal`. */
	readonly priority?: "high" | "normal" | "low";
	/** Unique name. Default: none. */
	readonly name?: string;
	/** Further names for {@link SessionMiddlewareStack.addRelativeTo}. Default: none. */
	readonly aliases?: string[];
	/** Whether the middleware replaces one of the same name. Default: `false`. */
	readonly override?: boolean;
	/** Labels. Default: none. */
	readonly tags?: string[];
}

// biome-ignore-start lint/suspicious/noExplicitAny: each client has other types here, so the SDK's own middleware has any too.
/** A middleware for clients of any service: a function around the rest of a call. */
export type ClientMiddleware = (next: (args: any) => Promise<any>, context: any) => (args: any) => Promise<any>;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** The middleware stack of a client of the AWS SDK. */
export interface ClientStack {
	add(middleware: ClientMiddleware, options: MiddlewareOptions): void;
	addRelativeTo(...args: Parameters<SessionMiddlewareStack["addRelativeTo"]>): void;
	remove(middleware: ClientMiddleware | string): boolean;
	use(plugin: { readonly applyToStack: (stack: never) => void }): void;
}

/** A change of a stack, and the middleware that it adds or removes. */
interface Change {
	readonly apply: (stack: ClientStack) => unknown;
	readonly added?: ClientMiddleware;
	readonly name?: string | undefined;
	readonly isOverriding?: boolean | undefined;
	readonly removed?: ClientMiddleware | string;
}

/**
 * The middleware of all clients of a session, those that it has made and those that it will make. It has the methods of a
 * client's own `middlewareStack`, which add and remove middleware.
 */
export class SessionMiddlewareStack {
	readonly #stacks: () => Iterable<ClientStack>;
	#changes: Change[] = [];

	/** @internal */
	constructor(stacks: () => Iterable<ClientStack>) {
		this.#stacks = stacks;
	}

	/**
	 * Adds a middleware to every client.
	 *
	 * @throws Error for a name that another middleware of a client has.
	 */
	add(middleware: ClientMiddleware, options: MiddlewareOptions = {}): void {
		this.#add(middleware, options, (stack) => stack.add(middleware, options));
	}

	/**
	 * Adds a middleware to every client, beside another one, which each client must have.
	 *
	 * @param options - `toMiddleware` is the name of the other one.
	 */
	addRelativeTo(
		middleware: ClientMiddleware,
		options: Omit<MiddlewareOptions, "step" | "priority"> & { relation: "before" | "after"; toMiddleware: string },
	): void {
		this.#add(middleware, options, (stack) => stack.addRelativeTo(middleware, options));
	}

	/** Applies a plugin of the AWS SDK to every client. */
	use(plugin: { readonly applyToStack: (stack: never) => void }): void {
		this.#change({ apply: (stack) => stack.use(plugin) });
	}

	/**
	 * Removes a middleware from every client: one that was added here, one of a plugin, or one of the SDK's.
	 *
	 * @param middleware - The function or its name.
	 * @returns Whether there was one.
	 */
	remove(middleware: ClientMiddleware | string): boolean {
		const isIt = ({ added, name }: Change) => added !== undefined && (added === middleware || name === middleware);
		const isAdded = this.#changes.some(isIt);
		this.#changes = this.#changes.filter((change) => !isIt(change) && change.removed !== middleware);
		if (!isAdded) this.#changes.push({ removed: middleware, apply: (stack) => stack.remove(middleware) });
		return [...this.#stacks()].map((stack) => stack.remove(middleware)).includes(true) || isAdded;
	}

	/** Changes the stack of a new client. @internal */
	applyTo(stack: ClientStack): void {
		for (const { apply } of this.#changes) apply(stack);
	}

	#add(added: ClientMiddleware, { name, override }: MiddlewareOptions, apply: Change["apply"]): void {
		this.#change({ added, name, isOverriding: override, apply });
	}

	/** Changes every client, or none. */
	#change(change: Change): void {
		const { added, name, isOverriding = false } = change;
		if (name !== undefined && !isOverriding && this.#changes.some((other) => other.name === name)) {
			throw new Error(
				`The clients of the session have a middleware ${name} already. Pass override: true to replace it.`,
			);
		}
		const changed: ClientStack[] = [];
		try {
			for (const stack of this.#stacks()) {
				change.apply(stack);
				changed.push(stack);
			}
		} catch (error) {
			if (added !== undefined) for (const stack of changed) stack.remove(added);
			throw error;
		}
		this.#changes.push(change);
	}
}
