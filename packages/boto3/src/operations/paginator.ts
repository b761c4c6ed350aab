import { OperationNotPageableError, PaginationError } from "../errors/exceptions.ts";
import { camel, memberNamed, pascal, type Snake } from "../method-names.ts";
import { missingPackage } from "../optional-package.ts";
import { checkOptions, checkSpelling } from "../options.ts";
import { strict } from "../strict.ts";
import { PAGES, type PageResults, type Pages } from "./pages.ts";
import { decodeToken, encodeToken, type Position } from "./resume-token.ts";
import { type InputOf, type OutputOf, operation } from "./service-class.ts";

/** Limits of an iteration, as in boto3. */
export interface PaginationConfig {
	/** Maximum number of results of all pages together. Default: all. */
	readonly MaxItems?: number | undefined;
	/** Maximum number of results of each page, which the service receives. Default: the service's. */
	readonly PageSize?: number | undefined;
	/** Where to continue: `resumeToken` of another iteration. Default: at the start. */
	readonly StartingToken?: string | undefined;
}

/** The operations with pages of a client: `listObjectsV2`. */
export type PageableOf<C> = keyof PageResults & keyof C;

/** The names of the paginators of a client: `list_objects_v2` as in boto3, or `listObjectsV2`. */
export type PaginatorName<C> = PageableOf<C> | Snake<PageableOf<C>>;

/** The paginator of a client with this name. */
export type PaginatorOf<C, Name> = {
	[Operation in PageableOf<C>]: Name extends Operation | Snake<Operation>
		? Paginator<InputOf<C[Operation]>, OutputOf<C[Operation]>, PageResults[Operation]>
		: never;
}[PageableOf<C>];

/** Reads the pages of an operation. */
export class Paginator<Input extends object, Page extends object, Result extends string = string> {
	static {
		strict(Paginator);
	}

	readonly #request: (args: object) => Promise<object>;
	readonly #pages: Pages;

	/** `client.getPaginator("query")` creates it. @internal */
	constructor(request: (args: object) => Promise<object>, pages: Pages) {
		this.#request = request;
		this.#pages = pages;
	}

	/**
	 * Returns the pages of these arguments, which it does not change. Nothing is requested before the first page is read.
	 *
	 * @param args - Parameters of the operation, and `PaginationConfig`, as in boto3.
	 */
	paginate(args: Input & { readonly PaginationConfig?: PaginationConfig | undefined }): PageIterator<Page, Result> {
		checkSpelling("paginate()", args, ["PaginationConfig"]);
		const { PaginationConfig, ...parameters } = args;
		checkOptions("PaginationConfig", PaginationConfig ?? {}, ["MaxItems", "PageSize", "StartingToken"]);
		return new PageIterator(this.#request, this.#pages, parameters, PaginationConfig ?? {});
	}
}

/** The full result of all pages: the results of each page together, and where to continue. */
export type FullResult<Page, Result extends string> = Pick<Page, Result & keyof Page> & {
	/** Where to continue after `MaxItems` results. */
	NextToken?: string;
};

/** The pages of one operation. Each loop over it starts again. */
export class PageIterator<Page extends object, Result extends string = string> implements AsyncIterable<Page> {
	static {
		strict(PageIterator);
	}

	readonly #request: (args: object) => Promise<object>;
	readonly #pages: Pages;
	readonly #parameters: Readonly<Record<string, unknown>>;
	readonly #config: PaginationConfig;
	#resumeToken: string | undefined;

	/** @internal */
	constructor(
		request: (args: object) => Promise<object>,
		pages: Pages,
		parameters: Readonly<Record<string, unknown>>,
		config: PaginationConfig,
	) {
		if (config.PageSize != null && pages.limit === undefined) {
			throw new PaginationError("PageSize is not supported for this operation. Remove it from PaginationConfig.");
		}
		this.#request = request;
		this.#pages = pages;
		this.#parameters = parameters;
		this.#config = config;
	}

	/** Where the last loop stopped because of `MaxItems`: the `StartingToken` of the next. `undefined` after the last page. */
	get resumeToken(): string | undefined {
		return this.#resumeToken;
	}

	/** Reads the pages. */
	async *[Symbol.asyncIterator](): AsyncGenerator<Page, void, undefined> {
		const { input, limit, results } = this.#pages;
		const { MaxItems, PageSize, StartingToken } = this.#config;
		const primary = results[0] ?? "";
		// Python's None is often ported to null.
		let position: Position = StartingToken == null ? START : decodeToken(StartingToken);
		let left = MaxItems ?? Number.POSITIVE_INFINITY;
		this.#resumeToken = undefined;
		for (;;) {
			const { parameters, skip } = position;
			const sized = PageSize == null || limit === undefined ? {} : { [limit]: PageSize };
			const page = { ...(await this.#request({ ...this.#parameters, ...sized, ...parameters })) };
			if (skip > 0) skipResults(page, results, skip);
			const found = listOf(page, primary);
			if (found.length > left) {
				Reflect.set(page, primary, found.slice(0, left));
				this.#resumeToken = this.#token({ parameters, skip: skip + left });
				yield page as Page;
				return;
			}
			left -= found.length;
			const next = this.#after(page);
			if (next !== undefined && left === 0) this.#resumeToken = this.#token({ parameters: next, skip: 0 });
			yield page as Page;
			if (next === undefined || left === 0) return;
			if (this.#token({ parameters: next, skip: 0 }) === this.#token({ parameters, skip: 0 })) {
				throw new PaginationError(`The same next token was received twice: ${input.join(", ")}.`);
			}
			position = { parameters: next, skip: 0 };
		}
	}

	/** Reads all pages and returns their results together, with the `NextToken` to continue after `MaxItems`. */
	async buildFullResult(): Promise<FullResult<Page, Result>> {
		const full: Record<string, unknown> = {};
		let isFirst = true;
		for await (const page of this) {
			for (const result of this.#pages.results) add(full, result, Reflect.get(page, result));
			if (isFirst) for (const once of this.#pages.once ?? []) add(full, once, Reflect.get(page, once));
			isFirst = false;
		}
		if (this.#resumeToken !== undefined) full.NextToken = this.#resumeToken;
		return full as FullResult<Page, Result>;
	}

	/**
	 * Applies a JMESPath expression to each page, and returns the elements of each result. Needs the package
	 * `jmespath`.
	 */
	async *search(expression: string): AsyncGenerator<unknown, void, undefined> {
		const jmespath = await import("jmespath").catch(missingPackage("jmespath", "search()"));
		for await (const page of this) {
			const found: unknown = jmespath.search(page, expression);
			if (Array.isArray(found)) yield* found;
			else yield found;
		}
	}

	/** botocore requires each parameter in a token. */
	#token({ parameters, skip }: Position): string {
		const unset = Object.fromEntries(this.#pages.input.map((name) => [name, null]));
		return encodeToken({ parameters: { ...unset, ...parameters }, skip });
	}

	/** The parameters of the next page. */
	#after(page: object): Readonly<Record<string, unknown>> | undefined {
		const { input, more, output } = this.#pages;
		if (more !== undefined && Reflect.get(page, more) !== true) return undefined;
		const values = output.map((of) =>
			typeof of === "string" ? Reflect.get(page, of) : of(page as Readonly<Record<string, unknown>>),
		);
		const next = input.map((name, index) => [name, values[index]] as const).filter(([, value]) => Boolean(value));
		return next.length === 0 ? undefined : Object.fromEntries(next);
	}
}

/** The paginator of a client. */
export function paginatorOf<C extends object, Name extends PaginatorName<C>>(
	client: C,
	name: Name,
): PaginatorOf<C, Name> {
	const wanted = camel(name);
	const request = operation(client, wanted);
	const pages: Pages | undefined = Object.hasOwn(PAGES, wanted) ? PAGES[wanted as keyof PageResults] : undefined;
	if (request === undefined || pages === undefined) {
		const known = Object.keys(PAGES).filter((operationName) => operation(client, operationName) !== undefined);
		const own = memberNamed(client, `paginate${pascal(name)}`);
		const sdk = own === undefined ? "" : ` The client's own method ${own} reads its pages.`;
		throw new OperationNotPageableError(
			`Operation cannot be paginated: ${name}.${sdk} This client has paginators for ${known.join(", ")}.`,
		);
	}
	return new Paginator(request, pages) as PaginatorOf<C, Name>;
}

/** Whether an operation of a client has pages, also if the AWS SDK alone can read them. */
export function canPaginate(client: object, name: string): boolean {
	if (operation(client, name) === undefined) throw new TypeError(`Client does not have method: ${name}.`);
	return Object.hasOwn(PAGES, camel(name)) || memberNamed(client, `paginate${pascal(name)}`) !== undefined;
}

const START: Position = { parameters: {}, skip: 0 };

function listOf(page: object, name: string): readonly unknown[] {
	const value: unknown = Reflect.get(page, name);
	return Array.isArray(value) ? value : [];
}

/** Skips what was read before. The other lists of that page were read with it, as in botocore. */
function skipResults(page: object, results: readonly string[], skip: number): void {
	for (const [index, name] of results.entries()) {
		if (Array.isArray(Reflect.get(page, name)))
			Reflect.set(page, name, index === 0 ? listOf(page, name).slice(skip) : []);
	}
}

/** Joins lists, and adds numbers. */
function add(full: Record<string, unknown>, name: string, value: unknown): void {
	const before = full[name];
	if (value === undefined || value === null) return;
	if (Array.isArray(value)) full[name] = Array.isArray(before) ? [...before, ...value] : value;
	else full[name] = typeof value === "number" && typeof before === "number" ? before + value : value;
}
