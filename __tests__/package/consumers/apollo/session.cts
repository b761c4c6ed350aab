// A session of CommonJS.
import { AppSession } from "echostream-botocore";

export const newSession = (): AppSession => new AppSession();
