const ACTIONS: Readonly<Record<string, string>> = {
	ENOSPC: "The disk is full. Free some space, or set `data` to another folder.",
	EDQUOT: "The disk quota is exceeded. Free some space, or set `data` to another folder.",
	EACCES: "Permission is denied. Change the permissions, or set `data` to another folder.",
	EPERM: "Permission is denied. Change the permissions, or set `data` to another folder.",
	EROFS: "The file system is read-only. Set `data` to another folder.",
	ENOTDIR: "It is not a folder. Set `data` to another folder.",
	EEXIST: "It is not a folder. Set `data` to another folder.",
};

/** A failure of the folder that a tenant keeps its data in. The message names the folder, the reason and what to do. */
export class DataError extends Error {
	override readonly name = "DataError";

	/** Describes a failure of the file system. An error that is one already stays as it is. */
	static from(error: unknown, folder: string, verb: "opened" | "written"): DataError {
		if (error instanceof DataError) return error;
		const { code, message } = error as NodeJS.ErrnoException;
		const reason = ACTIONS[code ?? ""] ?? `${message}.`;
		return new DataError(`The data folder ${folder} cannot be ${verb}. ${reason}`, { cause: error });
	}
}
