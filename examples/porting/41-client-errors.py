"""Read all of an error: its operation, code, message and response, and its class."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from botocore.exceptions import ClientError
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
sqs = session.client("sqs")
key = {"pk": {"S": "errors"}, "sk": {"S": "1"}}

try:
    dynamodb.update_item(
        TableName=environ["TABLE"],
        Key=key,
        UpdateExpression="SET n = :n",
        ConditionExpression="n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )
except ClientError as error:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise
    print(json.dumps(error.operation_name))
    print(json.dumps(str(error)))
    print(json.dumps(error.response["Error"]["Message"]))
    print(json.dumps(error.response["ResponseMetadata"]["HTTPStatusCode"]))
    print(json.dumps(error.response["ResponseMetadata"]["RetryAttempts"]))

try:
    s3.get_object(Bucket=environ["BUCKET"], Key="none")
except s3.exceptions.NoSuchKey as error:
    print(json.dumps([error.operation_name, error.response["Error"]["Code"]]))
try:
    sqs.get_queue_url(QueueName="none")
except sqs.exceptions.QueueDoesNotExist as error:
    print(json.dumps(error.response["Error"]["Code"]))
    print(json.dumps(error.response["Error"]["QueryErrorCode"]))
for operation in [
    lambda: s3.head_object(Bucket=environ["BUCKET"], Key="none"),
    lambda: s3.head_bucket(Bucket="none"),
]:
    try:
        operation()
    except ClientError as error:
        print(json.dumps(str(error)))
