import { Controller, Get, ServiceUnavailableException } from "@nestjs/common";
import { AppSession, type SessionStatus } from "echostream-botocore";

/** Whether the application can serve requests, for a load balancer. */
@Controller("health")
export class HealthController {
	constructor(private readonly session: AppSession) {}

	@Get()
	async status(): Promise<SessionStatus> {
		// Fetches credentials only if they are missing or expired. If that fails, the status has the error.
		await this.session.ready().catch(() => undefined);
		const status = this.session.status();
		if (!status.isReady) throw new ServiceUnavailableException(status);
		return status;
	}
}
