import type { TenantRequest, TenantResponse } from "../http/exchange.ts";

/** A service that responds to requests that the gateway has checked. */
export interface Emulator {
	respond(request: TenantRequest, operation: string): Promise<TenantResponse>;
	stop(): Promise<void>;
}
