// A typical program without a library, up to the first credentials.
import { announce } from "./announce.mjs";
import { credentialsByHand } from "./by-hand-credentials.mjs";

const { accessKeyId } = await credentialsByHand();
announce(accessKeyId);
