"""Change an item that others change too: read, write with a condition, and try again."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table, key = environ["TABLE"], {"pk": {"S": "locked"}, "sk": {"S": "1"}}
dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "0"}, "version": {"N": "0"}})


def add(amount, interrupt=None):
    attempts = 0
    while True:
        attempts += 1
        item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        if interrupt and attempts == 1:
            interrupt()
        version = int(item["version"]["N"])
        try:
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET n = :n, version = :next",
                ConditionExpression="version = :version",
                ExpressionAttributeValues={
                    ":n": {"N": str(int(item["n"]["N"]) + amount)},
                    ":version": {"N": str(version)},
                    ":next": {"N": str(version + 1)},
                },
            )
            return attempts
        except dynamodb.exceptions.ConditionalCheckFailedException:
            continue


print(json.dumps(add(1)))
print(json.dumps(add(10, interrupt=lambda: add(100))))
response = dynamodb.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")
print(json.dumps(response["Attributes"]["n"]["N"]))
