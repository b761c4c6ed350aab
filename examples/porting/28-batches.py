"""Write, read and delete more items than fit into one batch, and lose none."""

import json
from os import environ
from time import sleep

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table = environ["TABLE"]
keys = [{"pk": {"S": "batches"}, "sk": {"S": f"{number:03}"}} for number in range(60)]


def write(requests):
    waiting = list(requests)
    while waiting:
        batch, waiting = waiting[:25], waiting[25:]
        response = dynamodb.batch_write_item(RequestItems={table: batch})
        unprocessed = response.get("UnprocessedItems", {}).get(table, [])
        waiting.extend(unprocessed)
        if unprocessed:
            sleep(0.1)


def read(wanted):
    found, waiting = [], list(wanted)
    while waiting:
        batch, waiting = waiting[:100], waiting[100:]
        response = dynamodb.batch_get_item(RequestItems={table: {"Keys": batch}})
        found.extend(response["Responses"][table])
        waiting.extend(response.get("UnprocessedKeys", {}).get(table, {}).get("Keys", []))
    return found


write({"PutRequest": {"Item": key}} for key in keys)
print(json.dumps(len(read(keys))))
write({"DeleteRequest": {"Key": key}} for key in keys)
print(json.dumps(len(read(keys))))
