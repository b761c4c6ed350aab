/** The module that a command of a package without entries imports on demand. */
export const ON_DEMAND: string;
/** The fields of a package.json that scripts and tests read. */
export interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly bin?: Readonly<Record<string, string>>;
	readonly files: readonly string[];
	readonly man?: string;
	readonly scripts: Readonly<Record<string, string>>;
	readonly exports: Readonly<Record<string, unknown>>;
	readonly dependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta: Readonly<Record<string, object>>;
}

export const root: string;
export const packages: readonly { readonly folder: string; readonly manifest: Manifest }[];
export function packagesIn(root: string): { readonly folder: string; readonly manifest: Manifest }[];
export function manifestIn(folder: string): Manifest;
export function tarballOf(manifest: Pick<Manifest, "name" | "version">): string;
export function entriesOf(manifest: Manifest): [string, string][];
export function moduleOnlyEntriesOf(manifest: Manifest): string[];
export function commandsOf(manifest: Manifest): string[];
export function sourceOf(module: string): string;
