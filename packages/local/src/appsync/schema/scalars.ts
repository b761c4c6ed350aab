/** The scalars of AppSync, and what every resource has. */
export const SCALARS = /* GraphQL */ `
"A date as ISO 8601 has it, with or without an offset."
scalar AWSDate

"A date and time as ISO 8601 has it, with Z or an offset."
scalar AWSDateTime

"An e-mail address."
scalar AWSEmail

"An IPv4 or IPv6 address."
scalar AWSIPAddress

"JSON in a string."
scalar AWSJSON

"A phone number."
scalar AWSPhone

"A time as ISO 8601 has it."
scalar AWSTime

"Seconds since 1970-01-01T00:00Z."
scalar AWSTimestamp

"A URL."
scalar AWSURL

"A time and a user name."
type AtBy {
	at: AWSDateTime
	by: String
}
`;
