"""Makes every kind of failure that docs/porting/exceptions.md has a row of, and prints what Python reports of each."""

import json
from os import environ

import boto3
import pycognito
from botocore.config import Config
from botocore.exceptions import ClientError
from echostream_botocore import ApiSession

echostream = ApiSession()
session = boto3.Session(botocore_session=echostream, region_name=environ["REGION"])
once = Config(retries={"total_max_attempts": 1})
dynamodb, s3, sqs = (session.client(name, config=once) for name in ("dynamodb", "s3", "sqs"))
table, bucket = environ["TABLE"], environ["BUCKET"]
item = {"pk": {"S": "failures"}, "sk": {"S": "1"}}
dynamodb.put_item(TableName=table, Item=item)


def closed_port():
    boto3.client("sqs", region_name="us-east-1", endpoint_url="http://127.0.0.1:1", config=once, **keys).list_queues()


def slow_server():
    config = Config(retries={"total_max_attempts": 1}, read_timeout=0.05)
    session.client("lambda", config=config).invoke(FunctionName="slow")


def wrong_password():
    user = pycognito.Cognito(environ["USER_POOL_ID"], environ["CLIENT_ID"], username=environ["USER_NAME"])
    user.authenticate(password="Wrong-1!")


def without_credentials():
    boto3.Session().client("sqs", region_name="us-east-1", config=once).list_queues()


def without_region():
    boto3.Session().client("sqs", **keys)


def unknown_keys():
    unknown = {"aws_access_key_id": "ASIAUNKNOWN", "aws_secret_access_key": "x", "aws_session_token": "y"}
    boto3.client("dynamodb", region_name=environ["REGION"], config=once, **unknown).list_tables()


def token_of_another_transaction():
    for value in ["1", "2"]:
        dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": {**item, "n": {"N": value}}}}],
            ClientRequestToken="python",
        )


keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
KINDS = {
    "condition not met": lambda: dynamodb.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)"),
    "transaction cancelled": lambda: dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}]
    ),
    "token of another transaction": token_of_another_transaction,
    "table not found": lambda: dynamodb.get_item(TableName="none", Key=item),
    "table exists": lambda: dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    ),
    "invalid request": lambda: dynamodb.get_item(TableName=table, Key={"pk": {"S": "a"}}),
    "parameter of the wrong type": lambda: dynamodb.get_item(TableName=table, Key={"pk": 1}),
    "throttled": lambda: dynamodb.scan(TableName=table),
    "queue not found": lambda: sqs.get_queue_url(QueueName="none"),
    "empty batch": lambda: sqs.send_message_batch(QueueUrl=environ["QUEUE_URL"], Entries=[]),
    "object not found": lambda: s3.get_object(Bucket=bucket, Key="none"),
    "object not found, `head_object`": lambda: s3.head_object(Bucket=bucket, Key="none"),
    "bucket not found": lambda: s3.list_objects_v2(Bucket="none"),
    "bucket not found, `head_bucket`": lambda: s3.head_bucket(Bucket="none"),
    "function not found": lambda: session.client("lambda", config=once).invoke(FunctionName="none"),
    "unknown credentials": unknown_keys,
    "wrong password": wrong_password,
    "no connection": closed_port,
    "no response in time": slow_server,
    "waiter gives up": lambda: dynamodb.get_waiter("table_exists").wait(
        TableName="none", WaiterConfig={"Delay": 1, "MaxAttempts": 1}
    ),
    "no credentials": without_credentials,
    "no region": without_region,
    "unknown service": lambda: session.client("none"),
    "unknown method": lambda: dynamodb.put_everything(),
}

facts = {}
for kind, work in KINDS.items():
    try:
        work()
    except Exception as error:
        response = getattr(error, "response", {}) if isinstance(error, ClientError) else {}
        facts[kind] = {
            "class": type(error).__name__,
            "code": response.get("Error", {}).get("Code"),
            "status": response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
        }
print(json.dumps(facts))
