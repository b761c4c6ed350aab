/**
 * The older names of services in the events of botocore (`EVENT_ALIASES`), and those that events have: in botocore's order,
 * of which the first is replaced.
 */
const ALIASES: Readonly<Record<string, string>> = {
	"api.mediatailor": "mediatailor",
	"api.pricing": "pricing",
	"api.sagemaker": "sagemaker",
	apigateway: "api-gateway",
	"application-autoscaling": "application-auto-scaling",
	appstream2: "appstream",
	autoscaling: "auto-scaling",
	"autoscaling-plans": "auto-scaling-plans",
	ce: "cost-explorer",
	cloudhsmv2: "cloudhsm-v2",
	cloudsearchdomain: "cloudsearch-domain",
	"cognito-idp": "cognito-identity-provider",
	config: "config-service",
	cur: "cost-and-usage-report-service",
	"data.iot": "iot-data-plane",
	"data.jobs.iot": "iot-jobs-data-plane",
	"data.mediastore": "mediastore-data",
	datapipeline: "data-pipeline",
	devicefarm: "device-farm",
	directconnect: "direct-connect",
	discovery: "application-discovery-service",
	dms: "database-migration-service",
	ds: "directory-service",
	dynamodbstreams: "dynamodb-streams",
	elasticbeanstalk: "elastic-beanstalk",
	elasticfilesystem: "efs",
	elasticloadbalancing: "elastic-load-balancing",
	elasticmapreduce: "emr",
	elb: "elastic-load-balancing",
	elbv2: "elastic-load-balancing-v2",
	email: "ses",
	"entitlement.marketplace": "marketplace-entitlement-service",
	es: "elasticsearch-service",
	events: "eventbridge",
	"cloudwatch-events": "eventbridge",
	"iot-data": "iot-data-plane",
	"iot-jobs-data": "iot-jobs-data-plane",
	kinesisanalytics: "kinesis-analytics",
	kinesisvideo: "kinesis-video",
	"lex-models": "lex-model-building-service",
	"lex-runtime": "lex-runtime-service",
	logs: "cloudwatch-logs",
	machinelearning: "machine-learning",
	"marketplace-entitlement": "marketplace-entitlement-service",
	marketplacecommerceanalytics: "marketplace-commerce-analytics",
	"metering.marketplace": "marketplace-metering",
	meteringmarketplace: "marketplace-metering",
	mgh: "migration-hub",
	"models.lex": "lex-model-building-service",
	monitoring: "cloudwatch",
	"mturk-requester": "mturk",
	resourcegroupstaggingapi: "resource-groups-tagging-api",
	route53: "route-53",
	route53domains: "route-53-domains",
	"runtime.lex": "lex-runtime-service",
	"runtime.sagemaker": "sagemaker-runtime",
	sdb: "simpledb",
	secretsmanager: "secrets-manager",
	serverlessrepo: "serverlessapplicationrepository",
	servicecatalog: "service-catalog",
	states: "sfn",
	stepfunctions: "sfn",
	storagegateway: "storage-gateway",
	"streams.dynamodb": "dynamodb-streams",
	tagging: "resource-groups-tagging-api",
};

/** Returns the name of an event with the service ID that it has: `before-call.cloudwatch-logs` of `before-call.logs`. */
export function serviceEvent(eventName: string): string {
	// What is no string is rejected by name where it is registered.
	const parts = String(eventName).split(".");
	for (const [alias, service] of Object.entries(ALIASES)) {
		const old = alias.split(".");
		const at = parts.findIndex((_, index) => old.every((part, offset) => parts[index + offset] === part));
		if (at !== -1) return parts.toSpliced(at, old.length, service).join(".");
	}
	return eventName;
}
