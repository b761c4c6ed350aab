"""Run a worker that receives batches of messages by long polling, handles them and deletes them."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

sqs = Session(botocore_session=AppSession(), region_name=environ["REGION"]).client("sqs")
queue = environ["QUEUE_URL"]


def handle(body):
    return json.loads(body)["number"] ** 2


sqs.send_message_batch(
    QueueUrl=queue,
    Entries=[
        {"Id": str(number), "MessageBody": json.dumps({"number": number})}
        for number in range(8)
    ]
    + [{"Id": "broken", "MessageBody": "this is no JSON"}],
)

squares, broken = [], []
while len(squares) + len(broken) < 9:
    messages = sqs.receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        WaitTimeSeconds=20,
    ).get("Messages", [])
    handled = []
    for message in messages:
        try:
            squares.append(handle(message["Body"]))
        except ValueError:
            broken.append(message["Body"])
        handled.append(
            {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]}
        )
    if handled:
        response = sqs.delete_message_batch(QueueUrl=queue, Entries=handled)
        assert len(response["Successful"]) == len(handled)

print(json.dumps(sorted(squares)))
print(json.dumps(broken))
