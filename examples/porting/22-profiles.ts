// Read the profiles of the shared config file, and use one of them.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQS } from "@aws-sdk/client-sqs";
import { ApiSession } from "echostream-botocore";

const file = join(mkdtempSync(join(tmpdir(), "profiles-")), "config.ini");
writeFileSync(file, "[default]\nregion = eu-west-1\n[profile far]\nregion = ap-south-1\noutput = json\n");
process.env.AWS_CONFIG_FILE = file;

const session = new ApiSession();
console.log(JSON.stringify([...(await session.availableProfiles())].sort()));
session.setConfigVariable("profile", "far");
const { output, region } = await session.getScopedConfig();
console.log(JSON.stringify({ output, region }));
console.log(JSON.stringify(await session.getConfigVariable("region")));
const sqs = session.createClient(SQS);
console.log(JSON.stringify(await sqs.config.region()));
