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
	clone(): ClientStack;
}

/** A middleware of all clients. */
interface Added {
	readonly middleware: ClientMiddleware;
	/** Its name and its aliases. */
	readonly names: readonly string[];
	readonly isOverriding: boolean;
	readonly apply: (stack: ClientStack) => void;
}

/**
 * The middleware of all clients of a session, those that it has made and those that it will make. It has the methods of a
 * client's own `middlewareStack`, which add and remove middleware.
 */
export class SessionMiddlewareStack {
	readonly #stacks: () => Iterable<ClientStack>;
	#added: Added[] = [];
	/** What clients to come have of their own, and shall not. */
	readonly #removed = new Set<ClientMiddleware | string>();

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

	/** Adds the middleware of a plugin of the AWS SDK to every client. */
	use(plugin: { readonly applyToStack: (stack: never) => void }): void {
		plugin.applyToStack(this as never);
	}

	/**
	 * Removes a middleware from every client: one that was added here, one of a plugin, or one of the SDK's.
	 *
	 * @param middleware - The function or its name.
	 * @returns Whether there was one.
	 */
	remove(middleware: ClientMiddleware | string): boolean {
		const isIt = (one: Added) => one.middleware === middleware || one.names.includes(middleware as string);
		const added = this.#added.filter(isIt);
		this.#added = this.#added.filter((one) => !isIt(one));
		const wasThere = [...this.#stacks()].map((stack) => stack.remove(middleware)).includes(true);
		// A function that no client has is not kept, and of what was added here only what it replaces.
		if (added.length === 0 && (wasThere || typeof middleware === "string")) this.#removed.add(middleware);
		for (const { isOverriding, names } of added) if (isOverriding) for (const name of names) this.#removed.add(name);
		return wasThere || added.length > 0;
	}

	/** Changes the stack of a new client. @internal */
	applyTo(stack: ClientStack): void {
		for (const removed of this.#removed) stack.remove(removed);
		for (const { apply } of this.#added) apply(stack);
	}

	/** Changes every client, or none. */
	#add(
		middleware: ClientMiddleware,
		{ name, aliases = [], override: isOverriding = false }: MiddlewareOptions,
		apply: Added["apply"],
	): void {
		if (typeof middleware !== "function") {
			throw new TypeError("A middleware must be a function.");
		}
		const names = name === undefined ? aliases : [name, ...aliases];
		const others = this.#added.filter((other) => !other.names.some((one) => names.includes(one)));
		if (!isOverriding && others.length < this.#added.length) {
			throw new Error(`The session has a middleware ${names.join()} already. Pass override: true to replace it.`);
		}
		const stacks = [...this.#stacks()];
		for (const stack of stacks) apply(stack.clone());
		for (const stack of stacks) apply(stack);
		this.#added = [...others, { middleware, names, isOverriding, apply }];
	}
}
