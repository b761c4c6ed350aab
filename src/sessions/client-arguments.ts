import { typeName } from "../platform/settings.ts";

/**
 * Checks the arguments of `client()`, which ports of boto3 programs have wrong at first.
 *
 * @throws TypeError that shows the right form.
 */
export function checkClientArguments(ServiceClass: unknown, config: unknown): void {
	const problem = problemOfClass(ServiceClass) ?? problemOfConfig(config);
	if (problem !== undefined) throw new TypeError(problem);
}

interface ClassLike {
	readonly name: string;
	readonly prototype?: { readonly send?: unknown };
}

function problemOfClass(ServiceClass: unknown): string | undefined {
	if (typeof ServiceClass === "string") {
		return (
			`client(${JSON.stringify(ServiceClass.slice(0, 100))}) has the name of a service instead of a class. Import the class ` +
			"from the AWS SDK's package of the service, and pass it: " +
			'import { DynamoDBClient } from "@aws-sdk/client-dynamodb", then session.client(DynamoDBClient).'
		);
	}
	const { name = "", prototype } = typeof ServiceClass === "function" ? ServiceClass : ({} as Partial<ClassLike>);
	if (typeof prototype?.send !== "function") {
		const given = name === "" ? typeName(ServiceClass) : name;
		return `client() requires the class of an AWS SDK v3 client, but received ${given}. Write session.client(DynamoDBClient).`;
	}
	// The document clients of @aws-sdk/lib-dynamodb are made from another client.
	return "from" in (ServiceClass as object)
		? `client(${name}) cannot create a ${name}, because it wraps a client. Write ${name}.from(session.client(DynamoDBClient)).`
		: undefined;
}

/** Python's spelling, and the arguments of boto3 in camelCase, which the AWS SDK would ignore. */
const PYTHON_NAME =
	/^([a-z]+(_[a-z0-9]+)+|regionName|endpointUrl|config|verify|useSsl|retries|proxies|readTimeout|connectTimeout|aws(AccessKeyId|SecretAccessKey|SessionToken))$/;

function problemOfConfig(config: unknown): string | undefined {
	if (typeof config !== "object") {
		return `The configuration of a client must be an object, but has type ${typeName(config)}. Write client(DynamoDBClient, { region: "us-east-1" }).`;
	}
	const pythonName = Object.keys(config ?? {}).find((name) => PYTHON_NAME.test(name));
	return pythonName === undefined
		? undefined
		: `A client has no option ${pythonName}. Write the AWS SDK's: region for region_name, endpoint for endpoint_url, and the fields of botocore's Config in camelCase, for example useFipsEndpoint.`;
}
