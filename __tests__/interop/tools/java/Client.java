import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cognitoidentityprovider.CognitoIdentityProviderClient;
import software.amazon.awssdk.services.cognitoidentityprovider.model.AuthFlowType;
import software.amazon.awssdk.services.cognitoidentityprovider.model.AuthenticationResultType;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Signs in by SRP, describes the tenant, and uses its table, a queue and the bucket with the AWS SDK for Java. */
public final class Client {
	private static final Map<String, String> ENV = System.getenv();
	private static final URI ENDPOINT = URI.create(ENV.get("AWS_ENDPOINT_URL"));
	private static final Region REGION = Region.of(ENV.get("AWS_REGION"));

	public static void main(String[] args) throws Exception {
		Map<String, String> result = new TreeMap<>();
		CognitoIdentityProviderClient cognito = CognitoIdentityProviderClient.builder()
				.credentialsProvider(AnonymousCredentialsProvider.create())
				.endpointOverride(ENDPOINT)
				.region(REGION)
				.build();
		result.put("wrong", codeOf(() -> signIn(cognito, "Wrong-1!")));
		AuthenticationResultType tokens = signIn(cognito, ENV.get("PASSWORD"));
		result.put("username", cognito.getUser(user -> user.accessToken(tokens.accessToken())).username());
		AuthenticationResultType refreshed = cognito.initiateAuth(request -> request
						.authFlow(AuthFlowType.REFRESH_TOKEN_AUTH)
						.authParameters(Map.of("REFRESH_TOKEN", tokens.refreshToken()))
						.clientId(ENV.get("CLIENT_ID")))
				.authenticationResult();
		result.put("isRefreshed", String.valueOf(!refreshed.accessToken().equals(tokens.accessToken())));
		JsonNode tenant = describe(refreshed.accessToken());
		result.put("name", textOf(tenant, "name"));
		JsonNode keys = tenant.field("GetAwsCredentials").orElseThrow();
		StaticCredentialsProvider credentials = StaticCredentialsProvider.create(AwsSessionCredentials.create(
				textOf(keys, "accessKeyId"), textOf(keys, "secretAccessKey"), textOf(keys, "sessionToken")));
		useTable(credentials, textOf(tenant, "table"), result);
		useQueue(credentials, result);
		useBucket(credentials, result);
		cognito.globalSignOut(request -> request.accessToken(tokens.accessToken()));
		result.put("after", codeOf(() -> cognito.getUser(user -> user.accessToken(tokens.accessToken()))));
		System.out.println(result.entrySet().stream()
				.map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
				.collect(Collectors.joining(",", "{", "}")));
	}

	private static AuthenticationResultType signIn(CognitoIdentityProviderClient cognito, String password) {
		Srp srp = new Srp();
		var challenge = cognito.initiateAuth(request -> request
				.authFlow(AuthFlowType.USER_SRP_AUTH)
				.authParameters(Map.of("USERNAME", ENV.get("USER_NAME"), "SRP_A", srp.publicHex()))
				.clientId(ENV.get("CLIENT_ID")));
		return cognito.respondToAuthChallenge(request -> request
						.challengeName(challenge.challengeName())
						.challengeResponses(
								srp.proof(ENV.get("USER_POOL_ID"), password, challenge.challengeParameters()))
						.clientId(ENV.get("CLIENT_ID"))
						.session(challenge.session()))
				.authenticationResult();
	}

	private static JsonNode describe(String token) throws Exception {
		String query = "{ GetTenant(tenant: \\\"" + ENV.get("TENANT")
				+ "\\\") { name table GetAwsCredentials(duration: 900) { accessKeyId secretAccessKey sessionToken } } }";
		HttpRequest request = HttpRequest.newBuilder(URI.create(ENV.get("APPSYNC_ENDPOINT")))
				.header("authorization", token)
				.header("content-type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + query + "\"}"))
				.build();
		String body = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
		return JsonNode.parser().parse(body).field("data").orElseThrow().field("GetTenant").orElseThrow();
	}

	private static void useTable(StaticCredentialsProvider credentials, String table, Map<String, String> result) {
		try (DynamoDbClient client = DynamoDbClient.builder()
				.credentialsProvider(credentials)
				.endpointOverride(ENDPOINT)
				.region(REGION)
				.build()) {
			Map<String, AttributeValue> key = Map.of("pk", AttributeValue.fromS("java"), "sk", AttributeValue.fromS("1"));
			Map<String, AttributeValue> item = new TreeMap<>(key);
			item.put("text", AttributeValue.fromS("hello"));
			client.putItem(request -> request.tableName(table).item(item));
			result.put("text", client.getItem(request -> request.tableName(table).key(key)).item().get("text").s());
			client.deleteItem(request -> request.tableName(table).key(key));
			result.put("failure", codeOf(() -> client.describeTable(request -> request.tableName("missing"))));
		}
	}

	private static void useQueue(StaticCredentialsProvider credentials, Map<String, String> result) {
		String url = ENV.get("QUEUE_URL");
		try (SqsClient client = SqsClient.builder()
				.credentialsProvider(credentials)
				.endpointOverride(ENDPOINT)
				.region(REGION)
				.build()) {
			client.sendMessage(request -> request.queueUrl(url).messageBody("from Java"));
			Message message = client.receiveMessage(request -> request.queueUrl(url).waitTimeSeconds(2)).messages().get(0);
			client.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
			result.put("message", message.body());
		}
	}

	private static void useBucket(StaticCredentialsProvider credentials, Map<String, String> result) {
		try (S3Client client = S3Client.builder()
				.credentialsProvider(credentials)
				.endpointOverride(ENDPOINT)
				.forcePathStyle(true)
				.region(REGION)
				.build()) {
			client.putObject(request -> request.bucket("bulk-data").key("from java/1"), RequestBody.fromString("body"));
			result.put("body", client.getObjectAsBytes(request -> request.bucket("bulk-data").key("from java/1")).asUtf8String());
			client.deleteObject(request -> request.bucket("bulk-data").key("from java/1"));
		}
	}

	private static String textOf(JsonNode node, String field) {
		return node.field(field).orElseThrow().asString();
	}

	private static String codeOf(Runnable call) {
		try {
			call.run();
			return "";
		} catch (AwsServiceException error) {
			return error.awsErrorDetails().errorCode();
		}
	}
}
