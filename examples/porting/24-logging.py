"""Log what the session does, to a destination of the program."""

import json
import logging
from io import StringIO
from os import environ

from boto3 import Session
from echostream_botocore import AppSession, getLogger

log = StringIO()
getLogger().addHandler(logging.StreamHandler(log))
getLogger().setLevel(logging.DEBUG)

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
session.client("sqs").get_queue_attributes(QueueUrl=environ["QUEUE_URL"], AttributeNames=["All"])

text = log.getvalue()
print(json.dumps({"logged": len(text) > 0, "password": environ["PASSWORD"] in text}))
