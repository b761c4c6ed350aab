import { outageMatrix } from "../support/outage-matrix.ts";
import { REFRESHES } from "../support/outage-world.ts";

outageMatrix("refreshes", REFRESHES);
