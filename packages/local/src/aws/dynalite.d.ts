// dynalite has no types. These are of the parts that the tenant uses.

declare module "dynalite/db/index.js" {
	const db: { create(options: Readonly<Record<string, unknown>>): object };
	export default db;
}

declare module "dynalite/validations/index.js" {
	const validations: {
		checkTypes(input: object, types: unknown): object;
		checkValidations(input: object, types: unknown, custom: unknown, store: object): void;
	};
	export default validations;
}

declare module "dynalite/validations/*" {
	const validation: { readonly types: unknown; readonly custom?: unknown };
	export default validation;
}

declare module "dynalite/actions/*" {
	const action: (store: object, input: object, done: (error: unknown, output?: unknown) => void) => void;
	export default action;
}
