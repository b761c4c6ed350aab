"""Send messages at the same time, and receive all of them."""

import json
from concurrent.futures import ThreadPoolExecutor
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
sqs = session.client("sqs")
url = environ["QUEUE_URL"]


def send(number):
    sqs.send_message(QueueUrl=url, MessageBody=str(number))
    return number


with ThreadPoolExecutor(max_workers=4) as pool:
    print(json.dumps(sum(pool.map(send, range(20)))))

received = []
while len(received) < 20:
    response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    for message in response.get("Messages", []):
        received.append(int(message["Body"]))
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
print(json.dumps(sorted(received)))
