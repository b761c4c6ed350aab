import type { ServiceClass } from "./operations/service-class.ts";

/** What this package needs of a session of `echostream-botocore`: clients that are signed in. */
export interface BotocoreSession {
	/** Returns a client of this class. */
	client<C extends ServiceClass>(ServiceClass: C, config?: ConstructorParameters<C>[0]): InstanceType<C>;
}
