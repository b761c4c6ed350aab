import type { BotocoreSession } from "./botocore-session.ts";
import { type Client, clientClass } from "./client.ts";
import { checkClientConfig } from "./client-config.ts";
import { DynamoDBResource } from "./dynamodb/service-resource.ts";
import { ResourceNotExistsError, UnknownServiceError } from "./errors/exceptions.ts";
import type { ServiceClass } from "./operations/service-class.ts";
import { checkOptions } from "./options.ts";
import { S3Resource } from "./s3/service-resource.ts";
import { type Events, SessionEvents } from "./session-events.ts";
import { SQSResource } from "./sqs/service-resource.ts";
import { strict } from "./strict.ts";

/** AWS credentials, as the AWS SDK has them. */
export interface AwsCredentials {
	/** ID of the access key. */
	readonly accessKeyId: string;
	/** The secret access key. */
	readonly secretAccessKey: string;
	/** Token of temporary credentials. */
	readonly sessionToken?: string | undefined;
}

/** Client classes by the names that boto3 has for the services. */
export type Services = Readonly<Record<string, ServiceClass>>;

/** Options of a {@link Session}. */
export interface SessionOptions<S extends Services, B extends BotocoreSession = BotocoreSession> {
	/** The session that signs in, such as an `AppSession` of `echostream-botocore`. The caller owns it. */
	readonly botocoreSession?: B | undefined;
	/** Credentials, or a provider of the AWS SDK, instead of a session. Default: the AWS SDK finds them. */
	readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>) | undefined;
	/** Region of the clients. Default: that of `botocoreSession`, else that which the AWS SDK finds. */
	readonly regionName?: string | undefined;
	/** The clients that the program uses: `{ dynamodb: DynamoDB, sqs: SQS, s3: S3 }`, from `@aws-sdk/client-…`. */
	readonly services: S;
}

/** The resources by name, each for the client of the same name. */
export interface Resources {
	/** Tables. */
	readonly dynamodb: DynamoDBResource;
	/** Buckets and objects. */
	readonly s3: S3Resource;
	/** Queues and messages. */
	readonly sqs: SQSResource;
}

const OPTIONS = ["botocoreSession", "credentials", "regionName", "services"];
const RESOURCES = { dynamodb: DynamoDBResource, s3: S3Resource, sqs: SQSResource };

/** The client classes of the services that a tenant has. */
const CLASSES: Readonly<Record<string, string>> = {
	dynamodb: "DynamoDB",
	lambda: "Lambda",
	s3: "S3",
	sns: "SNS",
	sqs: "SQS",
	sts: "STS",
};

/** A session of boto3: clients and resources by name. It sends nothing by itself. */
export class Session<S extends Services, B extends BotocoreSession = BotocoreSession> {
	static {
		strict(Session, {
			availableProfiles: "availableProfiles() of the botocoreSession",
			getAvailablePartitions: "nothing: the AWS SDK for JavaScript has no list of partitions",
			getAvailableRegions: "nothing: the AWS SDK for JavaScript has no list of regions",
			getCredentials: "getCredentials() of the botocoreSession, or credentials() of client.config",
			getPartitionForRegion: 'partition(region).name of "@aws-sdk/core/client"',
			profileName: "profile of the botocoreSession",
			resourceFactory: "resource()",
		});
	}

	/** Region of the clients, if one was passed. */
	readonly regionName: string | undefined;
	readonly #services: S;
	readonly #botocoreSession: B | undefined;
	readonly #create: (ServiceClass: ServiceClass, config: object | undefined) => object;

	/**
	 * Creates a session of boto3 from a session that signs in, or from credentials:
	 * `new Session({ botocoreSession, services: { dynamodb: DynamoDB } })`. It sends nothing.
	 *
	 * @throws TypeError for an unknown option, a missing one, and a class that is not that of an aggregated client.
	 */
	constructor(options: SessionOptions<S, B>) {
		checkSessionOptions(options);
		const { botocoreSession, credentials, regionName, services } = options;
		this.regionName = regionName;
		this.#services = services;
		this.#botocoreSession = botocoreSession;
		const defaults = {
			...(regionName !== undefined && { region: regionName }),
			...(credentials !== undefined && { credentials }),
		};
		this.#create = (ServiceClass, config = {}) => {
			checkClientConfig(config);
			const all = { ...defaults, ...config } as never;
			return botocoreSession === undefined ? new ServiceClass(all) : botocoreSession.client(ServiceClass, all);
		};
	}

	/**
	 * Returns a client of a service.
	 *
	 * @param config - Configuration of the client class. `region_name=` is `region`, and `endpoint_url=` is `endpoint`.
	 * @throws {@link UnknownServiceError} if `services` does not have it.
	 */
	client<Name extends keyof S & string>(name: Name, config?: ConstructorParameters<S[Name]>[0]): Client<S[Name]> {
		return this.#create(clientClass(this.#classOf(name)), config) as Client<S[Name]>;
	}

	/**
	 * Returns a resource: `dynamodb`, `s3` or `sqs`. `services` must have its client.
	 *
	 * @param config - Configuration of the client class.
	 * @throws {@link ResourceNotExistsError} for any other name.
	 */
	resource<Name extends keyof S & keyof Resources>(
		name: Name,
		config?: ConstructorParameters<S[Name]>[0],
	): Resources[Name] {
		if (!Object.hasOwn(RESOURCES, name)) {
			throw new ResourceNotExistsError(
				`The "${name}" resource does not exist. The available resources are: ${Object.keys(RESOURCES).join(", ")}. ` +
					`For other services, use client("${name}").`,
			);
		}
		const client = this.#create(clientClass(this.#classOf(name)), config);
		return new RESOURCES[name](client as never) as unknown as Resources[Name];
	}

	/**
	 * The events of the botocore session: `events.register("before-call.sqs", handler)`. As in botocore, a service may have its
	 * older name, such as `logs` for `cloudwatch-logs`.
	 *
	 * @throws TypeError for a session without a botocore session.
	 */
	get events(): Events<B> {
		return new SessionEvents(this.#botocoreSession) as Events<B>;
	}

	/** Returns the names of the services of which clients can be created. */
	getAvailableServices(): string[] {
		return Object.keys(this.#services).sort();
	}

	/** Returns the names of the resources. */
	getAvailableResources(): string[] {
		return Object.keys(RESOURCES);
	}

	#classOf(name: string): ServiceClass {
		const ServiceClass = Object.hasOwn(this.#services, name) ? this.#services[name] : undefined;
		if (ServiceClass !== undefined) return ServiceClass;
		const known = this.getAvailableServices().join(", ") || "none";
		const Class = CLASSES[name];
		const remedy =
			Class === undefined
				? `If AWS has this service, import its class from "@aws-sdk/client-${name}" and add it to services.`
				: `Add it: import { ${Class} } from "@aws-sdk/client-${name}", and pass services: { ${name}: ${Class} }.`;
		throw new UnknownServiceError(`Unknown service: "${name}". The session's services are: ${known}. ${remedy}`);
	}
}

function checkSessionOptions(options: Partial<SessionOptions<Services>>): void {
	const instead = Object.keys(options).find((name) => /^aws_?(access|secret|session)/i.test(name));
	if (instead !== undefined) {
		throw new TypeError(
			`A Session has no option "${instead}". Use credentials: { accessKeyId, secretAccessKey, sessionToken }.`,
		);
	}
	checkOptions("A Session", options, OPTIONS);
	if (options.botocoreSession !== undefined && options.credentials !== undefined) {
		throw new TypeError("botocoreSession and credentials are both set. Remove one.");
	}
	if (options.services === undefined) {
		throw new TypeError("The option services is missing. Pass the client classes: services: { dynamodb: DynamoDB }.");
	}
	for (const [name, ServiceClass] of Object.entries(options.services)) {
		// The methods of an aggregated client are enumerable, as the AWS SDK adds them to the class.
		if (typeof ServiceClass === "function" && Object.keys(ServiceClass.prototype).length > 0) continue;
		const passed = typeof ServiceClass === "function" ? ServiceClass.name : typeof ServiceClass;
		throw new TypeError(
			`services.${name} is ${passed}, not an aggregated client class. Pass ${CLASSES[name] ?? "the class without Client in its name"} of "@aws-sdk/client-${name}".`,
		);
	}
}
