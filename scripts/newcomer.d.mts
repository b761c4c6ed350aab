/** A command of README.md, and what came of it. */
export interface Step {
	readonly command: string;
	readonly seconds: number;
	readonly printed: string;
}

/** Follows the section "Try it" of README.md with these tarballs. */
export function followReadme(
	tarballs: readonly string[],
	environment?: Readonly<Record<string, string>>,
): Promise<Step[]>;
