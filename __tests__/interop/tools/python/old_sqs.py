"""Uses SQS with a boto3 that speaks its query protocol, which is older than the one with JSON."""

import json
from os import environ

import boto3
from botocore.exceptions import ClientError

sqs = boto3.client("sqs", endpoint_url=environ["AWS_ENDPOINT_URL"])
url = sqs.create_queue(QueueName="old-boto3", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
attributes = {"kind": {"DataType": "String", "StringValue": "old"}}
sqs.send_message_batch(
    QueueUrl=url,
    Entries=[{"Id": str(n), "MessageBody": f"message {n}", "MessageAttributes": attributes} for n in range(3)],
)
messages = []
while len(messages) < 3:
    batch = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
    entries = [{"Id": one["MessageId"], "ReceiptHandle": one["ReceiptHandle"]} for one in batch]
    sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    messages += batch
left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
sqs.delete_queue(QueueUrl=url)
try:
    sqs.get_queue_url(QueueName="missing")
except ClientError as error:
    failure = error.response["Error"]["Code"]
print(
    json.dumps(
        {
            "protocol": sqs.meta.service_model.metadata["protocol"],
            "messages": sorted(one["Body"] for one in messages),
            "kinds": list({one["MessageAttributes"]["kind"]["StringValue"] for one in messages}),
            "left": left,
            "failure": failure,
        }
    )
)
