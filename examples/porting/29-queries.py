"""Query with filters, a projection, in reverse order, and only count."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table = environ["TABLE"]
for number in range(6):
    dynamodb.put_item(
        TableName=table,
        Item={
            "pk": {"S": "queries"},
            "sk": {"S": str(number)},
            "even": {"BOOL": number % 2 == 0},
            "size": {"N": str(number * 10)},
        },
    )


def query(**more):
    values = {":pk": {"S": "queries"}, **more.pop("values", {})}
    return dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=values,
        **more,
    )


reverse = query(ScanIndexForward=False, Limit=2)["Items"]
print(json.dumps([item["sk"]["S"] for item in reverse]))
large = query(
    FilterExpression="#size > :size AND even = :even",
    ExpressionAttributeNames={"#size": "size"},
    values={":size": {"N": "10"}, ":even": {"BOOL": True}},
)
print(json.dumps([item["size"]["N"] for item in large["Items"]]))
print(json.dumps({"found": large["Count"], "read": large["ScannedCount"]}))
print(json.dumps(query(ProjectionExpression="sk")["Items"][0]))
print(json.dumps(query(Select="COUNT")["Count"]))
for number in range(6):
    key = {"pk": {"S": "queries"}, "sk": {"S": str(number)}}
    dynamodb.delete_item(TableName=table, Key=key)
