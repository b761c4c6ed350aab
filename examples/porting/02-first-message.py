"""As the user of an app, send a message to the app's queue, receive it and delete it."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
sqs = session.client("sqs")

sqs.send_message(QueueUrl=environ["QUEUE_URL"], MessageBody="hello, queue")
response = sqs.receive_message(QueueUrl=environ["QUEUE_URL"], WaitTimeSeconds=5)
for message in response.get("Messages", []):
    print(json.dumps({"body": message["Body"], "md5": message["MD5OfBody"]}))
    sqs.delete_message(
        QueueUrl=environ["QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"]
    )
