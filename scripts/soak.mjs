// npm run soak -- --minutes 10 --seed 1: runs a session through random outages for real minutes, against a local tenant whose
// credentials live 20 seconds. Without --minutes it runs 400 simulated days. Prints what it found as JSON, and fails if any call
// failed while credentials were valid. --write puts the result into docs/failures.json.
import { parseArgs } from "node:util";
import { runOutageTests, writeResults } from "./failures.mjs";

const { values } = parseArgs({
	options: { minutes: { type: "string" }, seed: { type: "string" }, write: { type: "boolean" } },
});
for (const [name, value] of Object.entries(values)) {
	if (name !== "write" && !(Number(value) > 0)) throw new Error(`--${name} must be a number above 0`);
}
const { minutes, seed = String(Math.ceil(Math.random() * 1e6)) } = values;
const { results, status } = runOutageTests("sessions/soak.test", {
	SOAK_SEED: seed,
	...(minutes === undefined ? {} : { SOAK_MINUTES: minutes }),
});
console.log(JSON.stringify(results.soak, undefined, "\t"));
if (values.write && status === 0)
	writeResults({ soak: { [minutes === undefined ? "simulated" : "real"]: results.soak } });
process.exitCode = status;
