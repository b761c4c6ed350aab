"""Give a message back to the queue, receive it again, and read what a batch reports."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
sqs = session.client("sqs")
url = environ["QUEUE_URL"]

sqs.send_message(QueueUrl=url, MessageBody="work", MessageAttributes={
    "kind": {"DataType": "String", "StringValue": "test"},
})
(message,) = sqs.receive_message(
    QueueUrl=url,
    WaitTimeSeconds=5,
    MessageSystemAttributeNames=["ApproximateReceiveCount"],
    MessageAttributeNames=["All"],
)["Messages"]
kind = message["MessageAttributes"]["kind"]["StringValue"]
print(json.dumps({"kind": kind, "count": message["Attributes"]["ApproximateReceiveCount"]}))

sqs.change_message_visibility(
    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
)
(message,) = sqs.receive_message(
    QueueUrl=url, WaitTimeSeconds=5, MessageSystemAttributeNames=["ApproximateReceiveCount"]
)["Messages"]
print(json.dumps({"count": message["Attributes"]["ApproximateReceiveCount"]}))

response = sqs.delete_message_batch(QueueUrl=url, Entries=[
    {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
    {"Id": "bad", "ReceiptHandle": "no handle"},
])
print(json.dumps([one["Id"] for one in response.get("Successful", [])]))
print(json.dumps([one["Id"] for one in response.get("Failed", [])]))
