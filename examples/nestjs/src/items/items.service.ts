import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { Injectable } from "@nestjs/common";
import { AppSession } from "echostream-botocore";

/** The keys of an item. */
export interface Key {
	readonly pk: string;
	readonly sk: string;
}

/** Reads and writes items in the table of the tenant. */
@Injectable()
export class ItemsService {
	private table: string | undefined;

	constructor(
		private readonly session: AppSession,
		private readonly dynamodb: DynamoDBDocumentClient,
	) {}

	async find(key: Key): Promise<Record<string, unknown> | undefined> {
		const { Item } = await this.dynamodb.send(new GetCommand({ TableName: await this.tableName(), Key: key }));
		return Item;
	}

	async save(key: Key, note: string): Promise<void> {
		await this.dynamodb.send(new PutCommand({ TableName: await this.tableName(), Item: { ...key, note } }));
	}

	private async tableName(): Promise<string> {
		this.table ??= (await this.session.describeTenant()).table;
		return this.table;
	}
}
