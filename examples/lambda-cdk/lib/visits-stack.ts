import { fileURLToPath } from "node:url";
import { FunctionUrlAuthType, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnOutput, Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";

export interface VisitsProps {
	/** Name of the secret with the password of the app's user, in AWS Secrets Manager. */
	readonly passwordSecret: string;
	/** The environment variables of the session, except for its password. */
	readonly settings: Readonly<Record<string, string>>;
}

/** A function with a URL, which counts the visits of each path in the table of the tenant. */
export class VisitsStack extends Stack {
	constructor(scope: Construct, id: string, { passwordSecret, settings }: VisitsProps) {
		super(scope, id);
		const visits = new NodejsFunction(this, "Function", {
			entry: fileURLToPath(new URL("../functions/visits.ts", import.meta.url)),
			runtime: Runtime.NODEJS_22_X,
			memorySize: 512,
			timeout: Duration.seconds(15),
			environment: { ...settings, PASSWORD_SECRET: passwordSecret },
			bundling: {
				format: OutputFormat.ESM, // for top-level await
				mainFields: ["module", "main"],
				minify: true,
				externalModules: [], // one version of the AWS SDK, in one file
				banner: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
			},
		});
		Secret.fromSecretNameV2(this, "Password", passwordSecret).grantRead(visits);
		const { url } = visits.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
		new CfnOutput(this, "Url", { value: url });
	}
}
