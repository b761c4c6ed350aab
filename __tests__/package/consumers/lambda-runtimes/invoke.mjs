// Invokes the handler of a bundle as a Lambda runtime does: `node invoke.mjs FILE`.
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(process.argv[2]).href);
console.log(await handler());
process.exit();
