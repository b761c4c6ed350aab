"""As a cross-account app, use the table through EchoStream and a queue with the credentials of this account."""

import json
from os import environ

import boto3
from echostream_botocore import AppSession

session = boto3.Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
sqs = boto3.Session(region_name=environ["REGION"]).client("sqs")

print(json.dumps(session.get_credentials().method))
key = {"pk": {"S": "cross-account"}, "sk": {"S": "1"}}
dynamodb.put_item(TableName=environ["TABLE"], Item={**key, "state": {"S": "seen"}})

sqs.send_message(QueueUrl=environ["QUEUE_URL"], MessageBody=json.dumps(key))
(message,) = sqs.receive_message(QueueUrl=environ["QUEUE_URL"], WaitTimeSeconds=5)["Messages"]
item = dynamodb.get_item(TableName=environ["TABLE"], Key=json.loads(message["Body"]))["Item"]
print(json.dumps(item))
sqs.delete_message(QueueUrl=environ["QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"])
dynamodb.delete_item(TableName=environ["TABLE"], Key=key)
