"""Lists the tables and the queues, repeatedly for a number of seconds, and prints the number of calls and of access keys."""

import json
import sys
import time

import boto3

session = boto3.Session()
dynamodb = session.client("dynamodb")
sqs = session.client("sqs")
end = time.time() + float(sys.argv[1])
calls = 0
keys = set()
while True:
    tables = dynamodb.list_tables()["TableNames"]
    queues = len(sqs.list_queues()["QueueUrls"])
    keys.add(session.get_credentials().get_frozen_credentials().access_key)
    calls += 1
    if time.time() >= end:
        break
    time.sleep(0.5)
print(json.dumps({"calls": calls, "keys": len(keys), "tables": tables, "queues": queues}))
