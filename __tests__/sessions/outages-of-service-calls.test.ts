import { outageMatrix } from "../support/outage-matrix.ts";
import { SERVICE_CALLS } from "../support/outage-world.ts";

outageMatrix("service-calls", SERVICE_CALLS);
