"""Read the first items only, and continue later where it stopped."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table = environ["TABLE"]
for number in range(7):
    item = {"pk": {"S": "first"}, "sk": {"S": str(number)}}
    dynamodb.put_item(TableName=table, Item=item)


def read(limit, start):
    response = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "first"}},
        Limit=limit,
        **({"ExclusiveStartKey": start} if start else {}),
    )
    return response["Items"], response.get("LastEvaluatedKey")


start = None
while True:
    items, start = read(3, start)
    print(json.dumps([item["sk"]["S"] for item in items]))
    if not start:
        break
for number in range(7):
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "first"}, "sk": {"S": str(number)}})
