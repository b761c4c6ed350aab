"""React to each kind of failure: a service error by its code, and an error of the program."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
sqs = session.client("sqs")
closed = Config(retries={"total_max_attempts": 1})
nowhere = session.client("sqs", endpoint_url="http://127.0.0.1:1", config=closed)
key = {"pk": {"S": "failures"}, "sk": {"S": "1"}}


def code_of(call):
    try:
        call()
        return "none"
    except ClientError as error:
        return error.response["Error"]["Code"]
    except EndpointConnectionError:
        return "no connection"


REACTIONS = {
    "ConditionalCheckFailedException": "somebody was faster",
    "ResourceNotFoundException": "create the table",
    "ValidationException": "correct the request",
    "AWS.SimpleQueueService.NonExistentQueue": "create the queue",
    "NoSuchKey": "upload the object",
    "404": "upload the object, too",
    "NoSuchBucket": "create the bucket",
    "no connection": "try again later",
    "none": "all is well",
}
calls = [
    lambda: dynamodb.put_item(TableName=environ["TABLE"], Item=key),
    lambda: dynamodb.put_item(
        TableName=environ["TABLE"], Item=key, ConditionExpression="attribute_not_exists(pk)"
    ),
    lambda: dynamodb.get_item(TableName="none", Key=key),
    lambda: dynamodb.get_item(TableName=environ["TABLE"], Key={"pk": {"S": "a"}}),
    lambda: sqs.get_queue_url(QueueName="none"),
    lambda: s3.get_object(Bucket=environ["BUCKET"], Key="none"),
    lambda: s3.head_object(Bucket=environ["BUCKET"], Key="none"),
    lambda: s3.list_objects_v2(Bucket="none"),
    lambda: nowhere.list_queues(),
    lambda: dynamodb.delete_item(TableName=environ["TABLE"], Key=key),
]
for call in calls:
    print(json.dumps(REACTIONS[code_of(call)]))
