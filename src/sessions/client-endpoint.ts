/** A command of an SDK client. */
interface ClientCommand {
	readonly constructor: unknown;
	readonly input: unknown;
}

/** The context of a call, as the middleware of an SDK client sees it. SDK releases of 2023 lack the command. */
interface CallContext {
	readonly endpointV2?: { readonly url?: URL };
	readonly __smithy_context?: { readonly commandInstance?: ClientCommand };
}

/** The parts of an SDK client that are used here. */
interface EndpointClient {
	readonly middlewareStack: {
		addRelativeTo(
			middleware: (next: unknown, context: object) => () => Promise<unknown>,
			options: { readonly name: string; readonly relation: "after"; readonly toMiddleware: string },
		): void;
	};
	send(command: unknown): Promise<unknown>;
	destroy(): void;
}

/**
 * Configuration of a client for {@link endpointOf}, over that of the client that sends the call. It needs no credentials,
 * logs nothing, and sends nothing.
 */
export const SENDS_NOTHING = {
	credentials: { accessKeyId: "none", secretAccessKey: "none" },
	extensions: [],
	logger: undefined,
	requestHandler: { handle: () => Promise.reject(new Error("This client sends nothing")), destroy() {} },
};

/**
 * Returns the endpoint of a call, as the SDK resolves it from the region, FIPS, dual stack, the input, the variables and the
 * shared config file.
 *
 * @param client - A client with the configuration of the one that sends the call, and {@link SENDS_NOTHING}. It is closed.
 * @param context - The context of the call.
 */
export async function endpointOf(client: EndpointClient, context: object): Promise<URL | undefined> {
	const command = (context as CallContext).__smithy_context?.commandInstance;
	if (command === undefined) return undefined;
	let endpoint: URL | undefined;
	const stop = (_: unknown, context: CallContext) => {
		return async () => {
			endpoint = context.endpointV2?.url;
			return { output: { $metadata: {} }, response: undefined };
		};
	};
	const after = { relation: "after", toMiddleware: "endpointV2Middleware" } as const;
	client.middlewareStack.addRelativeTo(stop, { name: "echoStreamEndpoint", ...after });
	const Command = command.constructor as new (input: unknown) => unknown;
	// Some middleware rejects a response that is none.
	await client.send(new Command(command.input)).catch(() => {});
	client.destroy();
	return endpoint;
}
