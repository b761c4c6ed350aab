"""Run a worker on a queue as a resource, and delete messages until no deletion has failed."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
queue = session.resource("sqs").Queue(environ["QUEUE_URL"])

queue.send_messages(
    Entries=[{"Id": str(number), "MessageBody": str(number)} for number in range(9)]
)
queue.send_message(
    MessageBody="last", MessageAttributes={"kind": {"DataType": "String", "StringValue": "end"}}
)


def delete(entries):
    while entries:
        response = queue.delete_messages(Entries=entries)
        failed = [entry["Id"] for entry in response.get("Failed", [])]
        entries = [entry for entry in entries if entry["Id"] in failed]


total, kind = 0, None
while total < 36 or kind is None:
    handled = []
    for message in queue.receive_messages(
        MaxNumberOfMessages=10, WaitTimeSeconds=5, MessageAttributeNames=["All"]
    ):
        if message.message_attributes:
            kind = message.message_attributes["kind"]["StringValue"]
            message.delete()
        else:
            total += int(message.body)
            handled.append({"Id": message.message_id, "ReceiptHandle": message.receipt_handle})
    delete(handled)

print(json.dumps([total, kind]))
print(json.dumps(len(queue.receive_messages(MaxNumberOfMessages=10))))
