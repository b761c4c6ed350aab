import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { LocalTenant } from "echostream-local";
import type { HttpHandler } from "../../src/index.ts";

/** A network in which every host name leads to the tenant. It notes the origins that were wanted. */
export class ReroutedNetwork implements HttpHandler {
	/** The origin of every request, the first one first. */
	readonly origins: string[] = [];
	readonly #handler: HttpHandler = new NodeHttpHandler();
	readonly #tenant: URL;

	constructor(tenant: LocalTenant) {
		this.#tenant = new URL(tenant.url);
	}

	handle(...[request, options]: Parameters<HttpHandler["handle"]>): ReturnType<HttpHandler["handle"]> {
		const { protocol, hostname, port } = request;
		this.origins.push(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`);
		const tenant = { protocol: "http:", hostname: this.#tenant.hostname, port: Number(this.#tenant.port) };
		return this.#handler.handle({ ...request, ...tenant }, options);
	}

	/** The origins since the last call. */
	take(): string[] {
		return this.origins.splice(0);
	}

	destroy(): void {
		this.#handler.destroy?.();
	}
}

/** The environment without the variables that AWS's SDKs read, and without the machine's shared config files. */
export function withoutAwsVariables(home: string): NodeJS.ProcessEnv {
	const others = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
	return { ...Object.fromEntries(others), HOME: home, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
}
