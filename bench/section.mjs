import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./clean-environment.mjs";

const self = fileURLToPath(import.meta.url);

/** Runs one measurement in a new process with a clean environment: the export `name` of `module`. */
export function runSection(module, name, options) {
	return new Promise((resolve, reject) => {
		const execArgv = ["--expose-gc", "--disable-warning=MaxListenersExceededWarning"];
		const env = cleanEnvironment({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" });
		const child = fork(self, [module, name, JSON.stringify(options)], { execArgv, env });
		child.on("message", resolve);
		child.on("exit", (code) => reject(new Error(`${module} ended with ${code} before it had a result`)));
	});
}

if (process.argv[1] === self) {
	const { HOSTS } = await import("./network.mjs");
	const { TenantProcess } = await import("./tenant.mjs");
	const [module, name, options] = process.argv.slice(2);
	const tenants = new TenantProcess();
	const tenant = await tenants.start({ allowedHosts: Object.values(HOSTS) });
	process.env.AWS_ENDPOINT_URL = tenant.environment.AWS_ENDPOINT_URL;
	const service = await tenants.service();
	const measure = (await import(`./${module}`))[name];
	const surroundings = { tenants, tenant, settings: tenant.settings, service };
	process.send(await measure({ ...surroundings, ...JSON.parse(options) }), () => process.exit());
}
