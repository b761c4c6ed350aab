/** Lists the changes of a resource, oldest first unless `sortAscending` is false. */
export const LIST_CHANGES = `ListChanges(
		endDateTime: AWSDateTime
		exclusiveStartKey: AWSJSON
		limit: Int
		sortAscending: Boolean
		startDateTime: AWSDateTime
	): ChangeResult!`;

/** Lists the log of a node. */
export const LIST_LOG_EVENTS = `ListLogEvents(
		endDateTime: AWSDateTime
		filterPattern: String
		limit: Int
		nextToken: String
		startDateTime: AWSDateTime
	): LogEventResults!`;
