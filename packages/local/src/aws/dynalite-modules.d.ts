/** dynalite has no types. */
declare module "dynalite/*" {
	const part: unknown;
	export default part;
}
