"""Process messages of a FIFO queue in order, group by group, without duplicates."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
sqs = session.client("sqs")
name = f"orders-{environ['RUN']}.fifo"
url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]

for group in ["a", "b"]:
    for number in [1, 2, 2, 3]:
        sqs.send_message(
            QueueUrl=url,
            MessageBody=f"{group}{number}",
            MessageGroupId=group,
            MessageDeduplicationId=f"{group}{number}",
        )

received = {"a": [], "b": []}
while sum(map(len, received.values())) < 6:
    response = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=1, MessageSystemAttributeNames=["MessageGroupId"]
    )
    for message in response.get("Messages", []):
        received[message["Attributes"]["MessageGroupId"]].append(message["Body"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
print(json.dumps(received))
sqs.delete_queue(QueueUrl=url)
