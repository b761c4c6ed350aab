/** Exit codes, from 0 for success. A command that runs another one exits with that one's code. */
export const EXIT = {
	/** The command failed. */
	failed: 1,
	/** A command, option, argument or setting is missing or invalid. */
	invalid: 2,
	/** The sign-in was rejected, or requires an answer of a person. */
	notSignedIn: 3,
	/** The user is not authorized, or the tenant or app was not found. */
	denied: 4,
	/** A server could not be reached, timed out or is overloaded. The same command may succeed later. */
	unavailable: 5,
	/** The program was found, but could not be run. */
	notExecutable: 126,
	/** The program was not found. */
	notFound: 127,
	/** A prompt was cancelled with Ctrl+C, as a shell reports a program that Ctrl+C has ended. */
	cancelled: 130,
} as const;
