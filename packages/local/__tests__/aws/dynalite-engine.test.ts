import { expect, test } from "@jest/globals";
import { DynaliteEngine } from "../../src/aws/dynalite-engine.ts";
import { MemoryRecords } from "../../src/data/records.ts";

type Action = (store: object, input: object, done: (error: unknown) => void) => void;

const TableName = "tbl";

async function newEngine(): Promise<DynaliteEngine> {
	const engine = await DynaliteEngine.create(new MemoryRecords());
	await engine.run("CreateTable", {
		TableName,
		AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
		KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
		BillingMode: "PAY_PER_REQUEST",
	});
	await new Promise((resolve) => setTimeout(resolve, 20));
	return engine;
}

async function itemsOf(engine: DynaliteEngine): Promise<unknown> {
	return (await engine.run("Scan", { TableName })).Items;
}

test("what is written to a draft is not read before the draft is applied", async () => {
	const engine = await newEngine();
	const draft = engine.draft();
	const put = await engine.prepare("PutItem", { TableName, Item: { a: { S: "x" } } });
	await put(draft.store);
	expect(await itemsOf(engine)).toEqual([]);
	await draft.apply();
	expect(await itemsOf(engine)).toEqual([{ a: { S: "x" } }]);
});

test("a draft whose last write fails leaves nothing of the others", async () => {
	const engine = await newEngine();
	const draft = engine.draft();
	const { default: putItem } = (await import("dynalite/actions/putItem.js" as string)) as { default: Action };
	// The database rejects a bigint, which is no JSON. The action is called without the validation, which rejects it before.
	for (const Item of [{ a: { S: "x" } }, { a: { S: "y" }, b: 1n }]) {
		await new Promise((resolve) => putItem(draft.store, { TableName, Item }, resolve));
	}
	await expect(draft.apply()).rejects.toThrow("BigInt");
	expect(await itemsOf(engine)).toEqual([]);
});
