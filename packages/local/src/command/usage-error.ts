/** The command cannot run as it was called. */
export class UsageError extends Error {}
