import { outageMatrix } from "../support/outage-matrix.ts";
import { DEVICES } from "../support/outage-world.ts";

outageMatrix("devices", DEVICES);
