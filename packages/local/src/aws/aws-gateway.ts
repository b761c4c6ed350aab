import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "../http/exchange.ts";
import type { Networks, TenantUser } from "../network/networks.ts";
import type { AccessKeys } from "./access-keys.ts";
import { checkAccess, checkAdministrator } from "./access-policy.ts";
import type { AuditRecords } from "./audit-records.ts";
import { AwsException, exceptionResponse } from "./aws-exception.ts";
import type { Emulators } from "./emulators.ts";
import { invokeLambda } from "./lambda.ts";
import { OPERATIONS } from "./operations.ts";
import { formResponse, isForm, readForm } from "./presigned-form.ts";
import { withWholeBody } from "./s3/chunked-body.ts";
import { S3Error } from "./s3/s3-error.ts";
import { withQueryHeaders } from "./s3/s3-request.ts";
import { xmlErrorResponse } from "./s3/xml.ts";
import { checkKey, checkSignature, type SignedRequest } from "./signature-check.ts";
import { isSqsQuery, sqsJsonRequest, sqsXmlResponse } from "./sqs-query.ts";
import { callerIdentity } from "./sts.ts";

/** The parts of the tenant that the gateway needs. */
export interface AwsGatewayContext {
	readonly networks: Networks;
	readonly keys: AccessKeys;
	readonly audit: AuditRecords;
	readonly emulators: Emulators;
	readonly region: string;
	readonly table: string;
	readonly lambdas: Readonly<Record<string, (event: unknown) => unknown>>;
	now(): number;
}

/** The tenant's AWS: checks every request as AWS does, then hands it to what carries it out. */
export class AwsGateway {
	readonly #context: AwsGatewayContext;

	constructor(context: AwsGatewayContext) {
		this.#context = context;
	}

	async respond(request: TenantRequest, operation: ServiceOperation, caller: Caller): Promise<TenantResponse> {
		try {
			if (operation.operation === "PostObject" && isForm(request)) return await this.#takeForm(request, caller);
			const { chunks, key } = await this.#authenticate(request, operation.service, caller);
			if (operation.operation === "CreateAuditRecords") return this.#context.audit.accept(request, key.holder);
			if (operation.service === "s3") {
				const whole = withWholeBody(withQueryHeaders(request), chunks);
				return await this.#run(whole, operation, key.holder);
			}
			if (operation.service !== "sqs" || !isSqsQuery(request)) return await this.#run(request, operation, key.holder);
			const response = await this.#run(sqsJsonRequest(request, operation.operation), operation, key.holder);
			return sqsXmlResponse(response, operation.operation);
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, operation.service, request);
			if (error instanceof S3Error) return xmlErrorResponse(error, request.method);
			throw error;
		}
	}

	/** The error of a request to administer the user pool that no admin has signed. `undefined` for one that is allowed. */
	async denyAdministration(
		request: TenantRequest,
		operation: string,
		userPoolId: string,
		caller: Caller,
	): Promise<TenantResponse | undefined> {
		try {
			const { key } = await this.#authenticate(request, "cognito-idp", caller);
			checkAdministrator(key.holder, operation, userPoolId, this.#context);
			return undefined;
		} catch (error) {
			if (error instanceof AwsException) return exceptionResponse(error, "cognito", request);
			throw error;
		}
	}

	/** Checks the signature of a request. @throws AwsException when anything about it is wrong. */
	async #authenticate(request: TenantRequest, service: string, caller: Caller): Promise<SignedRequest> {
		const signed = await checkSignature(request, {
			keys: this.#context.keys,
			region: this.#context.region,
			now: this.#context.now,
			claimed: (accessKeyId) => {
				caller.accessKeyId = accessKeyId;
			},
		});
		caller.user = signed.key.holder.username;
		if (signed.service === service) return signed;
		throw new AwsException("wrongScope", `Credential should be scoped to correct service: '${service}'. `);
	}

	/** Runs an operation that its user may do, and that the tenant has. */
	async #run(request: TenantRequest, operation: ServiceOperation, user: TenantUser): Promise<TenantResponse> {
		checkAccess(user, operation, request, this.#context);
		const offered = OPERATIONS[operation.service];
		if (offered !== undefined && !offered.includes(operation.operation)) {
			throw new AwsException(
				"unsupported",
				`The local tenant does not have the operation ${operation.operation} of ${operation.service}.`,
			);
		}
		return this.#handOver(request, operation, user);
	}

	async #takeForm(request: TenantRequest, caller: Caller): Promise<TenantResponse> {
		const { keys, now, region } = this.#context;
		const { form, key, upload } = await readForm(request, {
			region,
			now,
			keyOf: (accessKeyId, token) => checkKey({ accessKeyId, service: "s3", token }, keys),
		});
		Object.assign(caller, { accessKeyId: key.accessKeyId, user: key.holder.username });
		const operation = { service: "s3", operation: "PutObject" };
		return formResponse(await this.#run(upload, operation, key.holder), form);
	}

	async #handOver(
		request: TenantRequest,
		{ operation, service }: ServiceOperation,
		user: TenantUser,
	): Promise<TenantResponse> {
		switch (service) {
			case "dynamodb":
			case "s3":
			case "sns":
			case "sqs":
				return this.#context.emulators.respond(request, service, operation);
			case "lambda":
				return invokeLambda(request, this.#context);
			case "sts":
				return callerIdentity(user);
			default:
				throw new AwsException("unsupported", `The local tenant has no ${service}.`);
		}
	}
}
