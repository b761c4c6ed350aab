import type { GetObjectCommandInput, S3 } from "@aws-sdk/client-s3";
import { ClientError } from "../errors/client-error.ts";
import { RetriesExceededError } from "../errors/exceptions.ts";
import { inOrder } from "./in-order.ts";
import { concurrencyOf } from "./transfer-config.ts";
import { readTransferOptions, type TransferOptions } from "./transfer-options.ts";

/** What a download can be written to: a stream of Node or of the web. */
export type WritableFileobj =
	| { write(chunk: Uint8Array, callback: (error?: Error | null) => void): unknown }
	| { getWriter(): { write(chunk: Uint8Array): Promise<void>; releaseLock(): void } };

/** Options of a download. */
export type DownloadOptions = TransferOptions<
	Omit<Partial<GetObjectCommandInput>, "Bucket" | "Key" | "Range" | "IfMatch">
>;

/** Writes an object to a stream, which it does not close. Reads several parts at a time, and writes them in order. */
export async function downloadFileobj(
	client: S3,
	bucket: string,
	key: string,
	fileobj: WritableFileobj,
	options: DownloadOptions = {},
): Promise<void> {
	const read = readTransferOptions("downloadFileobj", options);
	const { write, release } = writerOf(fileobj);
	try {
		for await (const bytes of partsOf(client, bucket, key, read)) {
			await write(bytes);
			read.Callback?.(bytes.length);
		}
	} finally {
		release();
	}
}

/** Downloads an object to a file. The file is complete, or it is not there: a part of it has another name. */
export async function downloadFile(
	client: S3,
	bucket: string,
	key: string,
	filename: string,
	options: DownloadOptions = {},
): Promise<void> {
	const read = readTransferOptions("downloadFile", options);
	const { open, rename, rm } = await import("node:fs/promises");
	const partial = `${filename}.${Math.random().toString(16).slice(2, 10).padEnd(8, "0")}`;
	try {
		const parts = partsOf(client, bucket, key, read);
		// The description of the object first: without one there is no file.
		const first = await parts.next();
		const file = await open(partial, "wx");
		try {
			for (let part = first; !part.done; part = await parts.next()) {
				await file.writeFile(part.value);
				read.Callback?.(part.value.length);
			}
		} finally {
			await file.close();
		}
		await rename(partial, filename);
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
}

/** The bytes of an object, in order. */
async function* partsOf(
	client: S3,
	bucket: string,
	key: string,
	{ ExtraArgs, Config }: ReturnType<typeof readTransferOptions>,
): AsyncGenerator<Uint8Array, void, undefined> {
	const object = { ...ExtraArgs, Bucket: bucket, Key: key };
	const { ContentLength: size = 0, ETag } = await client.headObject(object);
	const partSize = size < Config.multipartThreshold ? size : Config.multipartChunksize;
	const count = size === 0 ? 0 : Math.ceil(size / partSize);
	yield* inOrder(count, concurrencyOf(Config), (index) => {
		const start = index * partSize;
		const length = Math.min(partSize, size - start);
		const range = count === 1 ? {} : { Range: `bytes=${start}-${start + length - 1}` };
		// Parts of different versions do not fit together.
		return read(client, { ...object, ...range, IfMatch: ETag }, length, Config.numDownloadAttempts);
	});
}

/** Reads a part, again if its content breaks off. The AWS SDK repeats a request only before its content. */
async function read(client: S3, input: GetObjectCommandInput, length: number, attempts: number): Promise<Uint8Array> {
	let cause: unknown;
	for (let attempt = 1; attempt <= attempts; attempt++) {
		try {
			const { Body } = await client.getObject(input);
			const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
			if (bytes.length === length) return bytes;
			cause = new Error(`${bytes.length} bytes of ${length} were received.`);
		} catch (error) {
			if (error instanceof ClientError) throw error;
			cause = error;
		}
	}
	throw new RetriesExceededError(`${input.Bucket}/${input.Key} could not be read in ${attempts} attempts.`, { cause });
}

function writerOf(fileobj: WritableFileobj): { write(bytes: Uint8Array): Promise<void>; release(): void } {
	if ("getWriter" in fileobj) {
		const writer = fileobj.getWriter();
		return { write: (bytes) => writer.write(bytes), release: () => writer.releaseLock() };
	}
	const write = (bytes: Uint8Array) =>
		new Promise<void>((resolve, reject) => {
			fileobj.write(bytes, (error) => (error ? reject(error) : resolve()));
		});
	return { write, release: () => {} };
}
