/** A middleware of a command of an SDK client. */
type CommandMiddleware = (next: () => Promise<URL | undefined>, context: CallContext) => (command: object) => unknown;

/** A command of an SDK client. It adds its middleware to its stack, and appends this to the client's. */
interface ClientCommand {
	resolveMiddleware(clientStack: object, config: object, options: object): (command: object) => Promise<unknown>;
}

/** The context of a call, as the middleware of an SDK client sees it. SDK releases of 2023 lack the command. */
interface CallContext {
	readonly endpointV2?: { readonly url?: URL };
	readonly __smithy_context?: { readonly commandInstance?: ClientCommand };
}

/**
 * Returns the endpoint of a call, as the SDK resolves it from the region, FIPS, dual stack, the input, the variables and the
 * shared config file. Of the middleware of the call, only that which resolves endpoints runs. No client or command is created,
 * because their classes may be the program's own.
 *
 * @param config - The configuration of the client.
 * @param context - The context of the call.
 */
export async function endpointOf(config: object, context: object): Promise<URL | undefined> {
	const command = (context as CallContext).__smithy_context?.commandInstance;
	if (command === undefined) return undefined;
	let resolveEndpoint: CommandMiddleware | undefined;
	const stack = {
		use: (plugin: { applyToStack(stack: object): void }) => plugin.applyToStack(stack),
		add() {},
		addRelativeTo(middleware: CommandMiddleware, { name }: { readonly name?: string }) {
			if (name === "endpointV2Middleware") resolveEndpoint = middleware;
		},
		concat: () => stack,
		resolve: (_: unknown, context: CallContext) => resolveEndpoint?.(async () => context.endpointV2?.url, context),
	};
	const copy: ClientCommand = Object.assign(Object.create(command), { middlewareStack: stack });
	// Of the credentials it would read the account, and so wait for them.
	return (await copy.resolveMiddleware(
		stack,
		{ ...config, credentials: undefined, logger: undefined },
		{},
	)(copy)) as URL;
}
