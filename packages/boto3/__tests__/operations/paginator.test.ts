import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Key, OperationNotPageableError, type PaginationConfig, PaginationError } from "echostream-boto3";
import { all, type Boto3Tenant, rejection, startBoto3 } from "../support/boto3-tenant.ts";
import { startDynamoDBFront } from "../support/dynamodb-front.ts";

let boto3: Boto3Tenant;
beforeAll(async () => {
	boto3 = await startBoto3();
	const dynamodb = boto3.session.client("dynamodb");
	for (let number = 0; number < 8; number++) {
		const Item = { pk: { S: "pages" }, sk: { S: String(number) }, n: { N: String(number) } };
		await dynamodb.putItem({ TableName: boto3.tenant.table, Item });
	}
});
afterAll(() => boto3.stop());

const query = () => ({
	TableName: boto3.tenant.table,
	KeyConditionExpression: "pk = :pk",
	ExpressionAttributeValues: { ":pk": { S: "pages" } },
});
const pagesOf = (PaginationConfig: PaginationConfig) =>
	boto3.session
		.client("dynamodb")
		.getPaginator("query")
		.paginate({ ...query(), PaginationConfig });
const decoded = (token: string | undefined) => token && JSON.parse(Buffer.from(token, "base64").toString());
const key = (sk: string) => ({ pk: { S: "pages" }, sk: { S: sk } });

describe("pages of a query", () => {
	// What boto3 1.44.8 returned for the same items: the sort keys of each page, and the token to resume.
	test.each<[PaginationConfig, string[], object | undefined]>([
		[{}, ["01234567"], undefined],
		[{ PageSize: 3 }, ["012", "345", "67"], undefined],
		[{ PageSize: 3, MaxItems: 4 }, ["012", "3"], { ExclusiveStartKey: key("2"), boto_truncate_amount: 1 }],
		[{ PageSize: 3, MaxItems: 6 }, ["012", "345"], { ExclusiveStartKey: key("5") }],
		[{ MaxItems: 2 }, ["01"], { ExclusiveStartKey: null, boto_truncate_amount: 2 }],
		[{ MaxItems: 20 }, ["01234567"], undefined],
	])("the pages with %j are those of boto3", async (config, expected, token) => {
		const pages = pagesOf(config);
		const keys = (await all(pages)).map(({ Items = [] }) => Items.map(({ sk }) => sk?.S).join(""));
		expect(keys).toEqual(expected);
		expect(decoded(pages.resumeToken)).toEqual(token);
	});

	test("a second loop over the same pages, and over the same arguments, returns all of them again", async () => {
		const args = Object.freeze({ ...query(), PaginationConfig: { PageSize: 3 } });
		const paginator = boto3.session.client("dynamodb").getPaginator("query");
		const pages = paginator.paginate(args);
		const counts = [];
		for (const loop of [pages, pages, paginator.paginate(args)]) {
			counts.push((await all(loop)).map(({ Count }) => Count));
		}
		expect(counts).toEqual([
			[3, 3, 2],
			[3, 3, 2],
			[3, 3, 2],
		]);
		expect(args).toEqual({ ...query(), PaginationConfig: { PageSize: 3 } });
	});

	test("the full result has the items, the sums and the token of boto3", async () => {
		const full = await pagesOf({ PageSize: 3, MaxItems: 4 }).buildFullResult();
		expect(full.Items?.map(({ sk }) => sk?.S)).toEqual(["0", "1", "2", "3"]);
		expect([full.Count, full.ScannedCount]).toEqual([6, 6]);
		expect(decoded(full.NextToken)).toEqual({ ExclusiveStartKey: key("2"), boto_truncate_amount: 1 });
	});

	test("a token of boto3 resumes after what has been read", async () => {
		const StartingToken =
			"eyJFeGNsdXNpdmVTdGFydEtleSI6IHsicGsiOiB7IlMiOiAicGFnZXMifSwgInNrIjogeyJTIjogIjIifX0sICJib3RvX3RydW5jYXRlX2Ftb3VudCI6IDF9";
		const pages = pagesOf({ PageSize: 3, MaxItems: 2, StartingToken });
		const read = (await all(pages)).map(({ Count, Items = [] }) => [Items.map(({ sk }) => sk?.S), Count]);
		expect(read).toEqual([[["4", "5"], 3]]);
		expect(decoded(pages.resumeToken)).toEqual({ ExclusiveStartKey: key("5") });
	});

	test("parts of any size, each resumed with the token of the last, read each item once", async () => {
		for (const [MaxItems, PageSize] of [
			[1, 3],
			[2, 3],
			[3, 2],
			[5, 4],
		] as const) {
			const read: unknown[] = [];
			let StartingToken: string | undefined;
			do {
				const full = await pagesOf({ MaxItems, PageSize, StartingToken }).buildFullResult();
				read.push(...(full.Items ?? []).map(({ sk }) => sk?.S));
				StartingToken = full.NextToken;
			} while (StartingToken !== undefined);
			expect(read).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
		}
	});

	test("a search applies a JMESPath expression to each page", async () => {
		expect(await all(pagesOf({ PageSize: 3 }).search("Items[?n.N > '2'].sk.S"))).toEqual(["3", "4", "5", "6", "7"]);
		expect(await all(pagesOf({ PageSize: 3 }).search("Count"))).toEqual([3, 3, 2]);
	});

	test("pages that the service cuts short, also empty ones, lose nothing", async () => {
		const upstream = boto3.session.client("dynamodb");
		const sizes = [1, 2, 1, 1, 3];
		await using front = await startDynamoDBFront((_, body) => {
			const Limit = sizes.shift() ?? 2;
			return upstream.query({ ...(body as unknown as ReturnType<typeof query>), Limit });
		});
		const client = boto3.session.client("dynamodb", { endpoint: front.endpoint });
		const args = { ...query(), FilterExpression: "n IN (:a, :b, :c)" };
		const numbers = { ":a": { N: "1" }, ":b": { N: "5" }, ":c": { N: "7" } };
		const ExpressionAttributeValues = { ...args.ExpressionAttributeValues, ...numbers };
		const pages = client.getPaginator("query").paginate({ ...args, ExpressionAttributeValues });
		const keys = (await all(pages)).map(({ Items = [] }) => Items.map(({ sk }) => sk?.S).join(""));
		expect(keys).toEqual(["", "1", "", "", "57", ""]);
	});

	test("the same token twice is an error instead of an endless loop", async () => {
		const page = { Items: [], Count: 0, LastEvaluatedKey: key("3") };
		await using front = await startDynamoDBFront(async () => page);
		const client = boto3.session.client("dynamodb", { endpoint: front.endpoint });
		const error = await rejection(all(client.getPaginator("query").paginate(query())));
		expect(error).toBeInstanceOf(PaginationError);
		expect(front.requests).toHaveLength(2);
	});

	test("an invalid token is an error that names the valid ones", async () => {
		const error = await rejection(all(pagesOf({ StartingToken: "nonsense" })));
		expect(error).toBeInstanceOf(PaginationError);
		expect(String(error)).toContain("Use resumeToken, or NextToken of buildFullResult().");
	});
});

describe("paginators", () => {
	test("a key with bytes is resumed", async () => {
		const KeySchema = [{ AttributeName: "id", KeyType: "HASH" as const }];
		const AttributeDefinitions = [{ AttributeName: "id", AttributeType: "B" as const }];
		const dynamodb = boto3.session.client("dynamodb");
		const table = { TableName: "bytes", KeySchema, AttributeDefinitions, BillingMode: "PAY_PER_REQUEST" as const };
		await dynamodb.createTable(table);
		await dynamodb
			.getWaiter("table_exists")
			.wait({ TableName: "bytes", WaiterConfig: { Delay: 0.01, MaxAttempts: 500 } });
		const ids = [0, 127, 255].map((byte) => Uint8Array.of(byte, byte));
		for (const B of ids) await dynamodb.putItem({ TableName: "bytes", Item: { id: { B } } });
		const read: unknown[] = [];
		let StartingToken: string | undefined;
		do {
			const PaginationConfig = { MaxItems: 1, PageSize: 1, StartingToken };
			const pages = dynamodb.getPaginator("scan").paginate({ TableName: "bytes", PaginationConfig });
			const full = await pages.buildFullResult();
			read.push(...(full.Items ?? []).map(({ id }) => id?.B?.[0]));
			StartingToken = full.NextToken;
		} while (StartingToken !== undefined);
		expect(read.sort()).toEqual([0, 127, 255]);
	});

	test("plain values are paginated through the client of a resource", async () => {
		const { client } = boto3.session.resource("dynamodb").meta;
		const KeyConditionExpression = Key("pk").eq("pages");
		const args = { TableName: boto3.tenant.table, KeyConditionExpression, PaginationConfig: { PageSize: 3 } };
		expect(await all(client.getPaginator("query").paginate(args).search("Items[].n"))).toEqual([
			0, 1, 2, 3, 4, 5, 6, 7,
		]);
	});

	test("the names of boto3 and those of JavaScript are both known", async () => {
		const s3 = boto3.session.client("s3");
		for (const Key of ["a/1", "a/2", "b/1"]) await s3.putObject({ Bucket: "bulk-data", Key, Body: "x" });
		const args = { Bucket: "bulk-data", Prefix: "a/", PaginationConfig: { PageSize: 1 } };
		expect(await all(s3.getPaginator("list_objects_v2").paginate(args).search("Contents[].Key"))).toEqual([
			"a/1",
			"a/2",
		]);
		expect(await all(s3.getPaginator("listObjectsV2").paginate(args).search("Contents[].Key"))).toEqual(["a/1", "a/2"]);
	});

	test("an operation without pages names the paginators of the client", () => {
		const dynamodb = boto3.session.client("dynamodb");
		const get = () => dynamodb.getPaginator("put_item" as "query");
		expect(get).toThrow(OperationNotPageableError);
		expect(get).toThrow(
			"Operation cannot be paginated: put_item. This client has paginators for query, scan, listTables, listBackups, listTagsOfResource.",
		);
	});

	test("a page size is rejected where the service has none", () => {
		const paginator = boto3.session.client("dynamodb").getPaginator("list_tags_of_resource");
		const paginate = () => paginator.paginate({ ResourceArn: "arn", PaginationConfig: { PageSize: 1 } });
		expect(paginate).toThrow("PageSize is not supported for this operation.");
	});
});
