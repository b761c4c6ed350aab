import { ClientMeta } from "./client-meta.ts";
import { clientErrors } from "./errors/client-error.ts";
import { type Exceptions, exceptions } from "./errors/client-exceptions.ts";
import { canPaginate, type PaginatorName, type PaginatorOf, paginatorOf } from "./operations/paginator.ts";
import {
	type InputOfMethod,
	type MethodName,
	type PresignedUrlOptions,
	presignedUrl,
} from "./operations/presigned-url.ts";
import type { ServiceClass } from "./operations/service-class.ts";
import { type WaiterName, type WaiterOf, waiterNames, waiterOf } from "./operations/waiter.ts";
import { type S3Methods, s3Methods } from "./s3/client-methods.ts";
import { rejectPythonNames } from "./strict.ts";

/** What boto3 adds to every client. */
export interface ClientMethods<C> {
	/** The error classes of the service: `error instanceof client.exceptions.ResourceNotFoundException`. Any name has one. */
	readonly exceptions: Exceptions;
	/** What boto3 knows of the client, such as `regionName`. */
	readonly meta: ClientMeta;
	/** The names of the waiters, as in boto3: `table_exists`. */
	readonly waiterNames: string[];
	/**
	 * Whether an operation has pages: `query`, `list_objects_v2`. Those of which this package has no paginator have a method
	 * `paginate…` of the AWS SDK.
	 *
	 * @throws TypeError for an unknown operation.
	 */
	canPaginate(operation: MethodName<C>): boolean;
	/** Closes the client: `destroy()`. */
	close(): void;
	/** Returns the paginator of an operation: `query`, `list_objects_v2`. */
	getPaginator<Name extends PaginatorName<C>>(operation: Name): PaginatorOf<C, Name>;
	/** Returns a waiter: `table_exists`. */
	getWaiter<Name extends WaiterName<C>>(name: Name): WaiterOf<C, Name>;
	/** Signs a URL with which somebody without credentials calls an operation of S3, such as `get_object`. */
	generatePresignedUrl<Name extends MethodName<C>>(
		method: Name,
		options: PresignedUrlOptions<InputOfMethod<C, Name>>,
	): Promise<string>;
}

/** A client of this class, with what boto3 adds to it. Its errors are {@link ClientError}s. */
export type Client<C extends ServiceClass> = InstanceType<C> &
	ClientMethods<InstanceType<C>> &
	(InstanceType<C> extends { putObject: unknown } ? S3Methods : unknown);

type AnyClass = new (
	...args: never[]
) => { destroy(): void; readonly middlewareStack: { add(step: unknown, options: object): void } };

const classes = new WeakMap<ServiceClass, ServiceClass>();

/** The subclass of a client class that has the methods of boto3. */
export function clientClass(ServiceClass: ServiceClass): ServiceClass {
	const known = classes.get(ServiceClass);
	if (known !== undefined) return known;
	const Boto3Client = class extends (ServiceClass as unknown as AnyClass) {
		readonly meta: ClientMeta;
		constructor(...args: never[]) {
			super(...args);
			const [config] = args as readonly ({ readonly region?: unknown } | undefined)[];
			this.meta = new ClientMeta(config?.region);
			this.middlewareStack.add(clientErrors, { name: "boto3ClientErrors", step: "initialize", priority: "high" });
		}
		get exceptions() {
			return exceptions;
		}
		get waiterNames() {
			return waiterNames(this);
		}
		canPaginate(name: string) {
			return canPaginate(this, name);
		}
		close() {
			this.destroy();
		}
		getPaginator(name: never) {
			return paginatorOf(this as object, name);
		}
		getWaiter(name: never) {
			return waiterOf(this as object, name);
		}
		generatePresignedUrl(name: string, options: PresignedUrlOptions<object>) {
			return presignedUrl(this, name, options);
		}
	};
	if ("putObject" in ServiceClass.prototype) Object.assign(Boto3Client.prototype, s3Methods);
	rejectPythonNames(Boto3Client);
	Object.defineProperty(Boto3Client, "name", { value: ServiceClass.name });
	classes.set(ServiceClass, Boto3Client as unknown as ServiceClass);
	return Boto3Client as unknown as ServiceClass;
}
