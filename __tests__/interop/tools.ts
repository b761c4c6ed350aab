/** The clients that `prepare.mjs` has prepared. What is absent cannot run on this machine. */
export const TOOLS: {
	/** Folder of the commands of a Python environment with the AWS CLI and boto3. */
	readonly python?: string;
	/** The same with an old boto3. */
	readonly oldBoto3?: string;
	/** The same with the Python original, pycognito and echostream-node. */
	readonly original?: string;
	/** Folder of the programs in Go. */
	readonly go?: string;
	/** Class path of the program in Java. */
	readonly java?: string;
	/** Folder of the programs with clients from npm. */
	readonly node?: string;
} = JSON.parse(process.env.INTEROP_TOOLS ?? "{}");
