import { outageMatrix } from "../support/outage-matrix.ts";
import { CHALLENGES } from "../support/outage-world.ts";

outageMatrix("challenges", CHALLENGES);
