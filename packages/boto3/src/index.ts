/**
 * The part of boto3 that programs use, on any session of `echostream-botocore` and on any credential provider of the AWS SDK.
 *
 * @module echostream-boto3
 */

export type { BotocoreSession } from "./botocore-session.ts";
export type { Client, ClientMethods } from "./client.ts";
export type { ClientMeta } from "./client-meta.ts";
export type { BatchWriter, Item, WriteRequest } from "./dynamodb/batch-writer.ts";
export type { WithConditions } from "./dynamodb/condition-expressions.ts";
export {
	Attr,
	type AttributeSize,
	type Comparable,
	type Condition,
	type ItemAttribute,
	Key,
	type KeyAttribute,
} from "./dynamodb/conditions.ts";
export type { DocumentClient } from "./dynamodb/document-client.ts";
export type { DynamoDBResource } from "./dynamodb/service-resource.ts";
export type { OfTable, Table } from "./dynamodb/table.ts";
export { ClientError, type ErrorResponse, errorCode } from "./errors/client-error.ts";
export type { Exceptions, KnownException } from "./errors/client-exceptions.ts";
export {
	Boto3Error,
	DynamoDBNeedsConditionError,
	DynamoDBNeedsKeyConditionError,
	MissingPackageError,
	OperationNotPageableError,
	PaginationError,
	ResourceNotExistsError,
	RetriesExceededError,
	S3UploadFailedError,
	UnknownServiceError,
	WaiterError,
} from "./errors/exceptions.ts";
export type { Camel, Snake } from "./method-names.ts";
export type { PageResults } from "./operations/pages.ts";
export type {
	FullResult,
	PageableOf,
	PageIterator,
	PaginationConfig,
	Paginator,
	PaginatorName,
	PaginatorOf,
} from "./operations/paginator.ts";
export type { InputOfMethod, MethodName, PresignedUrlOptions } from "./operations/presigned-url.ts";
export type { AggregatedClient, InputOf, OperationOf, OutputOf, ServiceClass } from "./operations/service-class.ts";
export type { StateOf, Waiter, WaiterConfig, WaiterName, WaiterOf } from "./operations/waiter.ts";
export type { ResourceMeta } from "./resource-meta.ts";
export type { Bucket } from "./s3/bucket.ts";
export type { S3Methods } from "./s3/client-methods.ts";
export type { CopyOptions, CopySource } from "./s3/copy.ts";
export type { DownloadOptions, WritableFileobj } from "./s3/download.ts";
export type { OfObject, S3Object } from "./s3/object.ts";
export type { ObjectCollection, ObjectFilter, ObjectSummary } from "./s3/object-collection.ts";
export type { PresignedPost, PresignedPostOptions } from "./s3/presigned-post.ts";
export type { S3Resource } from "./s3/service-resource.ts";
export { TransferConfig, type TransferSettings } from "./s3/transfer-config.ts";
export type { TransferOptions } from "./s3/transfer-options.ts";
export type { Fileobj, UploadOptions } from "./s3/upload.ts";
export {
	type AwsCredentials,
	type Resources,
	type Services,
	Session,
	type SessionOptions,
} from "./session.ts";
export type { Events } from "./session-events.ts";
export { BatchError, type FailedEntry } from "./sqs/batches.ts";
export type { Message } from "./sqs/message.ts";
export type { Queue } from "./sqs/queue.ts";
export type { SQSResource } from "./sqs/service-resource.ts";
