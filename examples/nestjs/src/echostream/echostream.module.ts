import { Global, Logger, Module, type OnApplicationShutdown } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { AppSession } from "echostream-botocore";
import { EchoStreamFilter } from "./echostream.filter.js";

/** The session of this process in its EchoStream app. With invalid settings, the application does not start. */
@Global()
@Module({
	providers: [
		{ provide: AppSession, useFactory: () => new AppSession({ logger: sessionLogger() }) },
		{ provide: APP_FILTER, useClass: EchoStreamFilter },
	],
	exports: [AppSession],
})
export class EchoStreamModule implements OnApplicationShutdown {
	constructor(private readonly session: AppSession) {}

	/** Nest calls this after the last response. In `onModuleDestroy`, requests are still being handled. */
	onApplicationShutdown(): void {
		this.session.destroy();
	}
}

/** Nest's logger has the level `log` in place of `info`. */
function sessionLogger() {
	const logger = new Logger(AppSession.name);
	return Object.assign(logger, { info: logger.log });
}
