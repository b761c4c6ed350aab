// Empty where TypeScript knows the types of the platform. Programs without `dom` and without Node's types compile because of these.
declare global {
	interface AbortSignal {}
	interface URL {}
	interface SymbolConstructor {
		readonly asyncDispose: unique symbol;
	}
}

export {};
