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

/** A change of a stack, and the middleware that it adds or removes. */
interface Change {
	readonly apply: (stack: ClientStack) => unknown;
	readonly added?: ClientMiddleware;
	/** Names of what is added. */
	readonly names?: readonly string[];
	readonly override?: boolean | undefined;
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
		const isIt = ({ added, names }: Change) => added === middleware || names?.includes(middleware as string) === true;
		const added = this.#changes.filter(isIt);
		const wasThere = [...this.#stacks()].map((stack) => stack.remove(middleware)).includes(true);
		this.#changes = this.#changes.filter((change) => !isIt(change));
		// Clients to come may have one of their own. A function that no client has is not kept.
		const isTheirs = wasThere || typeof middleware === "string";
		const hidden = added.filter(({ override }) => override).flatMap(({ names = [] }) => names);
		for (const removed of added.length > 0 ? hidden : isTheirs ? [middleware] : []) {
			if (this.#changes.some((change) => change.removed === removed)) continue;
			this.#changes.push({ removed, apply: (stack) => stack.remove(removed) });
		}
		return wasThere || added.length > 0;
	}

	/** Changes the stack of a new client. @internal */
	applyTo(stack: ClientStack): void {
		for (const { apply } of this.#changes) apply(stack);
	}

	/** Changes every client, or none. */
	#add(added: ClientMiddleware, { name, aliases = [], override }: MiddlewareOptions, apply: Change["apply"]): void {
		if (typeof added !== "function") {
			throw new TypeError("A middleware must be a function. Write add((next) => (args) => next(args)).");
		}
		const names = name === undefined ? aliases : [name, ...aliases];
		const isSame = (change: Change) => change.names?.some((other) => names.includes(other)) === true;
		if (override !== true && this.#changes.some(isSame)) {
			throw new Error(
				`The clients of the session have a middleware ${names.join()} already. Pass override: true to replace it.`,
			);
		}
		const stacks = [...this.#stacks()];
		for (const stack of stacks) apply(stack.clone());
		for (const stack of stacks) apply(stack);
		this.#changes = [...this.#changes.filter((change) => !isSame(change)), { added, names, override, apply }];
	}
}
