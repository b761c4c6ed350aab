import { hasDocumentClient, hasPaginator, hasPaginators, isPrefixOfRows, rowOf } from "./guide.ts";

/** What is known of the value of a Python expression. */
export type Value =
	/** A module, a class or a function of a package, by its dotted path. */
	| { readonly kind: "reference"; readonly path: string }
	/** An object of a library. */
	| { readonly kind: "instance"; readonly path: string; readonly service?: string; readonly operation?: string }
	| { readonly kind: "text"; readonly text: string }
	/** A tuple, a list or an iterator. */
	| { readonly kind: "sequence"; readonly items?: readonly Values[]; readonly element: Values }
	| { readonly kind: "mapping"; readonly entries: Readonly<Record<string, Values>>; readonly element: Values }
	/** A function or a class of the program, by the position of its definition. */
	| { readonly kind: "function"; readonly at: number; readonly self?: number }
	| { readonly kind: "class"; readonly at: number }
	| { readonly kind: "object"; readonly at: number };

/** All values that an expression may have. Nothing is known if there is none. */
export type Values = readonly Value[];

export type Instance = Extract<Value, { kind: "instance" }>;

/** The packages whose every use is listed. */
const LIBRARIES = /^(boto3|botocore|pycognito|gql|echostream_botocore|s3transfer|aioboto3|aiobotocore|warrant)(\.|$)/;

/** Whether a path is in one of the packages whose every use is listed. */
export function isOfLibrary(path: string): boolean {
	return LIBRARIES.test(path);
}

const ALIASES: Readonly<Record<string, string>> = {
	"boto3.Session": "boto3.session.Session",
	"botocore.client.ClientError": "botocore.exceptions.ClientError",
	"boto3.exceptions.ClientError": "botocore.exceptions.ClientError",
	"botocore.client.Config": "botocore.config.Config",
	"gql.client.Client": "gql.Client",
	"pycognito.AWSSRP": "pycognito.aws_srp.AWSSRP",
	"pycognito.TokenVerificationException": "pycognito.exceptions.TokenVerificationException",
	"pycognito.UserObj": "pycognito.UserObj",
	"s3transfer.S3Transfer": "boto3.s3.transfer.S3Transfer",
	"multiprocessing.pool.Pool": "multiprocessing.Pool",
};

/** Returns the path by which the guide names something. */
export function canonical(path: string): string {
	return ALIASES[path] ?? path;
}

/** Returns the object that an annotation names, also one of the type stubs `mypy_boto3_*` and `types_boto3_*`. */
export function annotated(path: string): Values {
	const stub = /^(?:mypy|types)_boto3_(\w+?)(?:\.\w+)*\.(\w+)$/.exec(path);
	if (stub !== null) {
		const [, module = "", name = ""] = stub;
		const service = module.replaceAll("_", "-");
		if (name.endsWith("Client")) return [{ kind: "instance", path: CLIENT, service }];
		if (name.endsWith("ServiceResource"))
			return [{ kind: "instance", path: `boto3.${service}.ServiceResource`, service }];
		return [{ kind: "instance", path: `boto3.${service}.${name}`, service }];
	}
	const found = canonical(path);
	return isClass(found) ? [instanceOf(found)] : found === CLIENT ? [{ kind: "instance", path: CLIENT }] : [];
}

/** Whether a path names a class, by Python's convention. */
export function isClass(path: string): boolean {
	return isOfLibrary(path) && /\.[A-Z]\w*$/.test(path);
}

export const CLIENT = "botocore.client.BaseClient";
/** The operation of a client that is the one of a table, which has fewer members. */
const OF_TABLE = "meta.client";
const RESPONSE = "response";
export const ERROR_RESPONSE = "botocore.exceptions.ClientError.response";
const EVENTS = "botocore.hooks.Events";
const SESSIONS = /^(boto3\.session\.Session|botocore\.session\.Session|echostream_botocore\.A\w+Session)$/;

/** The objects that a call or an attribute returns: the path of the callee, and the path of the result. */
const RESULTS: Readonly<Record<string, string>> = {
	"botocore.session.get_session": "botocore.session.Session",
	"boto3.dynamodb.ServiceResource.Table": "boto3.dynamodb.Table",
	"boto3.dynamodb.ServiceResource.create_table": "boto3.dynamodb.Table",
	"boto3.dynamodb.Table.batch_writer": "boto3.dynamodb.BatchWriter",
	"boto3.sqs.ServiceResource.Queue": "boto3.sqs.Queue",
	"boto3.sqs.ServiceResource.get_queue_by_name": "boto3.sqs.Queue",
	"boto3.sqs.ServiceResource.create_queue": "boto3.sqs.Queue",
	"boto3.s3.ServiceResource.Bucket": "boto3.s3.Bucket",
	"boto3.s3.ServiceResource.Object": "boto3.s3.Object",
	"boto3.s3.ServiceResource.create_bucket": "boto3.s3.Bucket",
	"boto3.s3.Bucket.Object": "boto3.s3.Object",
	"boto3.s3.Bucket.put_object": "boto3.s3.Object",
	"boto3.Collection.all": "boto3.Collection",
	"boto3.Collection.filter": "boto3.Collection",
	"boto3.Collection.limit": "boto3.Collection",
	"botocore.credentials.Credentials.get_frozen_credentials": "botocore.credentials.FrozenCredentials",
	"botocore.paginate.Paginator.paginate": "botocore.paginate.PageIterator",
	"botocore.config.Config.merge": "botocore.config.Config",
};

const ELEMENTS: Readonly<Record<string, string>> = {
	"boto3.sqs.Queue.receive_messages": "boto3.sqs.Message",
	"boto3.s3.Bucket.objects": "boto3.s3.ObjectSummary",
};

/** Returns what a function of a library returns. */
export function resultOf(path: string, receiver: Instance | undefined, firstText: string | undefined): Values {
	const name = path.slice(path.lastIndexOf(".") + 1);
	const owner = path.slice(0, path.lastIndexOf("."));
	const inherited = receiver?.service === undefined ? {} : { service: receiver.service };
	const service = firstText === undefined ? {} : { service: firstText };
	const isSession = owner === "boto3" || SESSIONS.test(owner);
	if (isSession && (name === "client" || name === "create_client"))
		return [{ kind: "instance", path: CLIENT, ...service }];
	if (isSession && name === "resource") {
		return [{ kind: "instance", path: `boto3.${firstText ?? "unknown"}.ServiceResource`, ...service }];
	}
	if (isSession && name === "get_credentials") return [instanceOf("botocore.credentials.Credentials")];
	const result = RESULTS[path];
	if (result !== undefined) return [{ kind: "instance", path: result, ...inherited, ...operation(receiver) }];
	const element = ELEMENTS[path];
	if (element !== undefined)
		return [{ kind: "sequence", element: [{ kind: "instance", path: element, ...inherited }] }];
	if (isClass(path)) return [instanceOf(path)];
	if (owner === CLIENT) {
		const of = firstText === undefined ? {} : { operation: firstText };
		if (name === "get_paginator")
			return [{ kind: "instance", path: "botocore.paginate.Paginator", ...inherited, ...of }];
		if (name === "get_waiter") return [{ kind: "instance", path: "botocore.waiter.Waiter", ...inherited, ...of }];
		// Transactions are operations that have rows of their own.
		if (rowOf(path) === undefined || name.startsWith("transact_"))
			return [{ kind: "instance", path: RESPONSE, ...inherited, operation: name }];
	}
	if (/^boto3\.\w+\.(Table|Queue|Bucket|Object|ServiceResource)$/.test(owner)) {
		return [{ kind: "instance", path: RESPONSE, ...inherited, operation: `${owner.split(".").at(-1)}.${name}` }];
	}
	return [];
}

/** Returns the value of an attribute of an object, and the name by which the guide knows it. */
export function attributeOf(instance: Instance, name: string): { readonly path: string; readonly values: Values } {
	const { path, service } = instance;
	const inherited = service === undefined ? {} : { service };
	const own = `${path}.${name}`;
	const reference: Values = [{ kind: "reference", path: own }];
	if (SESSIONS.test(path)) {
		if (name === "events") return { path: own, values: [instanceOf(EVENTS)] };
		const base = ["boto3.session.Session", "botocore.session.Session"].find((one) => rowOf(`${one}.${name}`));
		const found = path.startsWith("echostream_botocore.") && base !== undefined ? `${base}.${name}` : own;
		return { path: found, values: [{ kind: "reference", path: found }] };
	}
	if (path === CLIENT) {
		if (instance.operation === OF_TABLE && !hasDocumentClient(name)) {
			return { path: "boto3.dynamodb.ServiceResource.meta[other]", values: reference };
		}
		if (name === "meta")
			return { path: own, values: [{ kind: "instance", path: "botocore.client.ClientMeta", ...inherited }] };
		if (name === "exceptions")
			return { path: own, values: [{ kind: "instance", path: `${CLIENT}.exceptions`, ...inherited }] };
		const s3 = `botocore.client.S3.${name}`;
		if ((service === "s3" || service === undefined) && rowOf(s3) !== undefined) {
			return { path: s3, values: [{ kind: "reference", path: s3 }] };
		}
		return { path: rowOf(own) === undefined ? `${CLIENT}.<operation>` : own, values: reference };
	}
	if (path === `${CLIENT}.exceptions`) {
		const own = `${path}.${name}`;
		return {
			path: [own, name].find(rowOf) ?? `${CLIENT}.exceptions.<name>`,
			values: [{ kind: "reference", path: "botocore.exceptions.ClientError" }],
		};
	}
	if (path === "botocore.client.ClientMeta" && name === "events") return { path: own, values: [instanceOf(EVENTS)] };
	if (path === "botocore.client.ClientMeta" && name === "config") {
		return { path: own, values: [instanceOf("botocore.client.ClientMeta.config")] };
	}
	if (path === "pycognito.Cognito" && name === "client") {
		return { path: own, values: [{ kind: "instance", path: CLIENT, service: "cognito-idp" }] };
	}
	if (name === "meta" && path.startsWith("boto3.")) {
		return { path: own, values: [{ kind: "instance", path: "boto3.ResourceMeta", ...inherited }] };
	}
	if (path === "boto3.ResourceMeta" && name === "client") {
		return {
			path: `boto3.${service}.ServiceResource.meta`,
			values: [
				{ kind: "instance", path: CLIENT, ...inherited, ...(service === "dynamodb" && { operation: OF_TABLE }) },
			],
		};
	}
	if (path.startsWith("botocore.exceptions.") && name === "response") {
		return { path: own, values: [{ kind: "instance", path: ERROR_RESPONSE }] };
	}
	if (/^botocore\.exceptions\.(?!ClientError)/.test(path) && /^(?:fmt|kwargs)$/.test(name)) {
		return { path: "botocore.exceptions.BotoCoreError.kwargs", values: [] };
	}
	// `Key("pk").eq("a")` is one use.
	if (isCondition(instance)) return { path: own, values: [instance] };
	if (ELEMENTS[own] !== undefined && name === "objects") {
		return { path: own, values: [{ kind: "instance", path: "boto3.Collection", ...inherited, operation: own }] };
	}
	return { path: own, values: reference };
}

/** The row of a call, or why it is unknown which. */
export type CallRow = { readonly row: string } | { readonly reason: string };

/**
 * Returns the row of a method whose verdict depends on the service of its client, or on its first argument. `undefined` for
 * others.
 *
 * @param text - The first argument. `undefined` if it is computed.
 */
export function rowOfCall(
	path: string,
	{ service, operation: of }: Partial<Instance>,
	text: string | undefined,
): CallRow | undefined {
	if (path === `${CLIENT}.generate_presigned_url`) {
		if (service === undefined) return { reason: "it is not clear of what service the client is" };
		return { row: service === "s3" ? path : `${path}[other]` };
	}
	if (path === `${CLIENT}.get_paginator`) {
		if (service === undefined) return { reason: "it is not clear of what service the client is" };
		if (!hasPaginators(service)) return { row: `${path}[other]` };
		if (text === undefined) return { reason: "the name of the operation is computed" };
		const isKnown = hasPaginator(service, text) && (of !== OF_TABLE || hasDocumentClient(text));
		return { row: isKnown ? path : `${path}[other]` };
	}
	if (path === "boto3.resource" || path === "boto3.session.Session.resource") {
		if (text === undefined) return { reason: "the name of the service is computed" };
		return { row: /^(dynamodb|s3|sqs)$/.test(text) ? path : `${path}[other]` };
	}
	return undefined;
}

/** Returns the value of `object[key]` and of `object.get(key)`. */
export function itemOf({ path, service, operation: of }: Instance, key: string | undefined): Values {
	const inherited = { ...(service === undefined ? {} : { service }), ...(of === undefined ? {} : { operation: of }) };
	if (path === RESPONSE && ((key === "Body" && /get/.test(String(of))) || (key === "Payload" && of === "invoke"))) {
		return [{ kind: "instance", path: "botocore.response.StreamingBody", ...inherited }];
	}
	if (path === RESPONSE && key === "ResponseMetadata") return [instanceOf("botocore.response.ResponseMetadata")];
	if (path === ERROR_RESPONSE && key !== undefined) return [instanceOf(`${ERROR_RESPONSE}[${key}]`)];
	if (path === `${ERROR_RESPONSE}[Error]` && key !== undefined) return [instanceOf(`${ERROR_RESPONSE}[Error][${key}]`)];
	return [];
}

/** Returns the name of the row of a part of a response. */
export function rowOfItem(path: string): string | undefined {
	if (path === "botocore.response.ResponseMetadata") return path;
	if (path === `${ERROR_RESPONSE}[Error][Code]`) return ERROR_RESPONSE;
	if (path === `${ERROR_RESPONSE}[Error][Message]`) return `${ERROR_RESPONSE}[Message]`;
	return path.startsWith(ERROR_RESPONSE) && rowOf(path) !== undefined ? path : undefined;
}

/** Returns what a loop over an object gives. */
export function elementOf(instance: Instance): Values {
	if (instance.path === "botocore.paginate.PageIterator") return [{ ...instance, path: RESPONSE }];
	if (instance.path === "boto3.Collection") {
		return [{ kind: "instance", path: ELEMENTS[String(instance.operation)] ?? RESPONSE }];
	}
	return [];
}

/** Whether a value is a condition, such as `Key("pk").eq("a")`. */
export function isCondition(value: Value): boolean {
	return value.kind === "instance" && value.path.startsWith("boto3.dynamodb.conditions.");
}

/** The objects whose attributes are plain Python: nothing of them is listed. */
export function isPlain(path: string): boolean {
	return (
		path === RESPONSE ||
		path.startsWith("boto3.dynamodb.conditions.") ||
		path.startsWith(ERROR_RESPONSE) ||
		path === "botocore.response.ResponseMetadata" ||
		path === "boto3.Collection" ||
		// A resource that has no methods here, such as `bucket.Versioning()`. Its row has what to call instead.
		/^boto3\.(?:dynamodb|s3|sqs)\.\w+\.[A-Z]\w*$/.test(path) ||
		path.startsWith("botocore.client.ClientMeta.config")
	);
}

/** Whether a path is that of an attribute of an object with a row, such as `boto3.sqs.Queue.url`. */
export function isAttribute(path: string): boolean {
	return /\.[A-Z]\w*\.[a-z]\w*$/.test(path) && rowOf(path) !== undefined;
}

/** Whether a path is a module on the way to names that have rows. */
export function isModule(path: string): boolean {
	return isPrefixOfRows(path) || /^(boto3|botocore|pycognito|gql|echostream_botocore)(\.[a-z_]+)*$/.test(path);
}

function instanceOf(path: string): Instance {
	const [, service] = /^boto3\.(\w+)\.[A-Z]/.exec(path) ?? [];
	return { kind: "instance", path, ...(service === undefined || service === "session" ? {} : { service }) };
}

function operation(receiver: Instance | undefined): { readonly operation?: string } {
	return receiver?.operation === undefined ? {} : { operation: receiver.operation };
}
