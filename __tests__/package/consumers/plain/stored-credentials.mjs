// Credentials of a FileStore. Prints which of Node's modules for the network were loaded.
import { AppSession } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";

const session = new AppSession({ store: new FileStore(process.argv[2]) });
const { accessKeyId } = await session.credentials();
const loaded = process.moduleLoadList.filter((name) => /NativeModule (dns|http|https|net|tls)$/.test(name));
console.log(accessKeyId.slice(0, 4), loaded.length);
session.destroy();
