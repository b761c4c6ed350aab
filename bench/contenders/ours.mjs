// This package, with all settings from the environment.
import { AppSession } from "echostream-botocore";
import { announce } from "./announce.mjs";

const loadedAt = performance.now();
const session = new AppSession();
const { accessKey } = await session.getCredentials().getFrozenCredentials();
announce(accessKey, { loadedAt });
