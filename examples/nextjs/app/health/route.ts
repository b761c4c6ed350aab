import { echostream } from "@/lib/echostream";

export const runtime = "nodejs";
/** Not rendered by the build. */
export const dynamic = "force-dynamic";

/** Whether this process can serve requests, for a load balancer. */
export async function GET(): Promise<Response> {
	const { session } = echostream();
	// Fetches credentials only if they are missing or expired. If that fails, the status has the error.
	await session.ready().catch(() => undefined);
	const status = session.status();
	return Response.json(status, { status: status.isReady ? 200 : 503 });
}
