import { faultShape } from "../http/fault-shape.ts";
import type { Fault, FaultHandle } from "../http/faults.ts";
import { InvalidValue, integer } from "../shape.ts";
import { ControlError, type Routes } from "./route.ts";

const MAX_FOR_MS = 3_600_000;
const FAULT = faultShape({ forMs: integer(1, MAX_FOR_MS) });

/** The number by which a fault is named in the control API. */
const ids = new WeakMap<FaultHandle, number>();
let lastId = 0;

/** Failures to inject. */
export const FAULT_ROUTES: Routes = {
	"GET /faults": ({ tenant }) => ({ faults: [...tenant.faults].map(described) }),
	"POST /faults"({ later, tenant }, { afterResponse, body }) {
		FAULT(body, "");
		const { forMs, ...fault } = body;
		const add = () => {
			const handle = tenant.faults.add(fault as Fault);
			if (forMs !== undefined) later(Number(forMs), () => handle.remove());
			return handle;
		};
		if (fault.drop !== "refuse") return described(add());
		if (forMs === undefined) {
			throw new InvalidValue(
				'The fault { "drop": "refuse" } closes this port to connections too: add forMs, after which it ends',
			);
		}
		checkRefusal(fault);
		afterResponse(add);
		return { fault, met: 0 };
	},
	"DELETE /faults"({ tenant }) {
		tenant.faults.clear();
		return {};
	},
	"DELETE /faults/:id"({ tenant }, { path: [id] }) {
		const handle = [...tenant.faults].find((one) => String(idOf(one)) === id);
		if (handle === undefined) throw new ControlError(404, `The fault ${id} was not found`);
		handle.remove();
		return {};
	},
};

function checkRefusal(fault: object): void {
	if (Object.keys(fault).length > 1) {
		throw new InvalidValue('The fault { "drop": "refuse" } applies to all connections: it has no other member');
	}
}

/** A fault as JSON. */
function described(handle: FaultHandle) {
	const { fault, met } = handle;
	const isFunction = "corrupt" in fault && typeof fault.corrupt === "function";
	return { id: idOf(handle), fault: isFunction ? { ...fault, corrupt: "function" } : fault, met };
}

function idOf(handle: FaultHandle): number {
	const id = ids.get(handle) ?? ++lastId;
	ids.set(handle, id);
	return id;
}
