/** Records that something passed with a tool in this version, for the table of README.md. */
export function record(kind: string, name: string, version: string): void;
