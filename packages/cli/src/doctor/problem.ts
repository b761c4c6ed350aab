/** Why a check failed, and how to mend it. */
export class Problem extends Error {
	/** What to do. Absent if the message contains it. */
	readonly remedy: string | undefined;

	constructor(message: string, remedy?: string) {
		super(message);
		this.remedy = remedy;
	}
}
