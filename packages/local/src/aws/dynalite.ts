// The parts of dynalite that the tenant uses: its database and its operations, without its web server. The build copies them.

import batchGetItem from "dynalite/actions/batchGetItem.js";
import batchWriteItem from "dynalite/actions/batchWriteItem.js";
import createTable from "dynalite/actions/createTable.js";
import deleteItem from "dynalite/actions/deleteItem.js";
import deleteTable from "dynalite/actions/deleteTable.js";
import describeTable from "dynalite/actions/describeTable.js";
import describeTimeToLive from "dynalite/actions/describeTimeToLive.js";
import getItem from "dynalite/actions/getItem.js";
import listTables from "dynalite/actions/listTables.js";
import listTagsOfResource from "dynalite/actions/listTagsOfResource.js";
import putItem from "dynalite/actions/putItem.js";
import query from "dynalite/actions/query.js";
import scan from "dynalite/actions/scan.js";
import tagResource from "dynalite/actions/tagResource.js";
import untagResource from "dynalite/actions/untagResource.js";
import updateItem from "dynalite/actions/updateItem.js";
import updateTable from "dynalite/actions/updateTable.js";
import database from "dynalite/db/index.js";
import batchGetItemInput from "dynalite/validations/batchGetItem.js";
import batchWriteItemInput from "dynalite/validations/batchWriteItem.js";
import createTableInput from "dynalite/validations/createTable.js";
import deleteItemInput from "dynalite/validations/deleteItem.js";
import deleteTableInput from "dynalite/validations/deleteTable.js";
import describeTableInput from "dynalite/validations/describeTable.js";
import describeTimeToLiveInput from "dynalite/validations/describeTimeToLive.js";
import getItemInput from "dynalite/validations/getItem.js";
import validations from "dynalite/validations/index.js";
import listTablesInput from "dynalite/validations/listTables.js";
import listTagsOfResourceInput from "dynalite/validations/listTagsOfResource.js";
import putItemInput from "dynalite/validations/putItem.js";
import queryInput from "dynalite/validations/query.js";
import scanInput from "dynalite/validations/scan.js";
import tagResourceInput from "dynalite/validations/tagResource.js";
import untagResourceInput from "dynalite/validations/untagResource.js";
import updateItemInput from "dynalite/validations/updateItem.js";
import updateTableInput from "dynalite/validations/updateTable.js";

/** The database, and the checks of all inputs. */
export { database, validations };

/** The handler of each operation, and the description of its input. */
export const OPERATIONS: Readonly<Record<string, { readonly action: unknown; readonly input: unknown }>> = {
	BatchGetItem: { action: batchGetItem, input: batchGetItemInput },
	BatchWriteItem: { action: batchWriteItem, input: batchWriteItemInput },
	CreateTable: { action: createTable, input: createTableInput },
	DeleteItem: { action: deleteItem, input: deleteItemInput },
	DeleteTable: { action: deleteTable, input: deleteTableInput },
	DescribeTable: { action: describeTable, input: describeTableInput },
	DescribeTimeToLive: { action: describeTimeToLive, input: describeTimeToLiveInput },
	GetItem: { action: getItem, input: getItemInput },
	ListTables: { action: listTables, input: listTablesInput },
	ListTagsOfResource: { action: listTagsOfResource, input: listTagsOfResourceInput },
	PutItem: { action: putItem, input: putItemInput },
	Query: { action: query, input: queryInput },
	Scan: { action: scan, input: scanInput },
	TagResource: { action: tagResource, input: tagResourceInput },
	UntagResource: { action: untagResource, input: untagResourceInput },
	UpdateItem: { action: updateItem, input: updateItemInput },
	UpdateTable: { action: updateTable, input: updateTableInput },
};
