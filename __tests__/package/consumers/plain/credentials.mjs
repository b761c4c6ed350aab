import { AppSession } from "echostream-botocore";

const session = new AppSession();
console.log((await session.credentials()).accessKeyId.slice(0, 4));
session.destroy();
