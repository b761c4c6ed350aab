// The environment of the tests: jest's for Node, without what makes simulated time slow in it.
import asyncHooks from "node:async_hooks";
import { runInContext, runInNewContext } from "node:vm";
import { TestEnvironment } from "jest-environment-node";

const AsyncLocalStorage = Object.getOwnPropertyDescriptor(asyncHooks, "AsyncLocalStorage");

/** By definition, because some releases of Node have a getter. */
function setStorage(descriptor) {
	Object.defineProperty(asyncHooks, "AsyncLocalStorage", descriptor);
}

/** What jest keeps of the test that runs. Tests run one after the other, so that a variable does what a storage would do. */
class CurrentTest {
	#store;

	getStore() {
		return this.#store;
	}

	run(store, callback) {
		const outer = this.#store;
		const end = () => {
			this.#store = outer;
		};
		this.#store = store;
		return callback().finally(end);
	}
}

/** The classes and namespaces of the language and of Node that no test replaces. Fake timers replace `Date`. */
const constants = [
	...runInNewContext("Object.getOwnPropertyNames(globalThis)").filter((name) => /^[A-Z]/.test(name)),
	...["AbortController", "AbortSignal", "Buffer", "Event", "EventTarget", "TextDecoder", "TextEncoder", "URL"],
].filter((name) => !["Date", "Infinity", "NaN"].includes(name));

/** Formats stacks like jest, which looks up the original source for each frame: here only once for each line of code. */
function formatStacks() {
	const lines = new Map();
	return (error, frames) => {
		// jest's, which it sets before each test file.
		const format = Error.prepareStackTrace;
		const message = format(error, []);
		const lineOf = (frame) => {
			const key = frame.toString();
			if (!lines.has(key)) lines.set(key, format(error, [frame]).slice(message.length));
			return lines.get(key);
		};
		return message + frames.map(lineOf).join("");
	};
}

export default class extends TestEnvironment {
	async setup() {
		await super.setup();
		this.global.Error.prepareStackTrace = formatStacks();
		// Node's own limit. With the 100 of jest, stacks take most of the time of a test that counts errors.
		Error.stackTraceLimit = this.global.Error.stackTraceLimit = 10;
		// A global variable of a test takes as long as a thousand steps, because jest intercepts it. A constant does not.
		runInContext(`const { ${constants.join(", ")} } = globalThis;`, this.context);
		// A storage makes every promise of the process slow, and still does so after the test file, with one more for each file.
		setStorage({ value: CurrentTest, configurable: true, enumerable: true, writable: true });
	}

	handleTestEvent({ name }) {
		// jest has made its own storage now. Those of the tests are real.
		if (name === "setup") setStorage(AsyncLocalStorage);
	}
}
