import { outageMatrix } from "../support/outage-matrix.ts";
import { SIGN_IN } from "../support/outage-world.ts";

outageMatrix("sign-in", SIGN_IN);
