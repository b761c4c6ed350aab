"""Read all pages of a partition of the table."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

dynamodb = Session(
    botocore_session=ApiSession(), region_name=environ["REGION"]
).client("dynamodb")
table = environ["TABLE"]

for number in range(7):
    dynamodb.put_item(
        TableName=table,
        Item={"pk": {"S": "pages"}, "sk": {"S": f"{number:03}"}, "n": {"N": str(number)}},
    )

pages = dynamodb.get_paginator("query").paginate(
    TableName=table,
    KeyConditionExpression="pk = :pk",
    ExpressionAttributeValues={":pk": {"S": "pages"}},
    PaginationConfig={"PageSize": 3},
)
for page in pages:
    print(json.dumps([int(item["n"]["N"]) for item in page["Items"]]))

for number in range(7):
    dynamodb.delete_item(
        TableName=table, Key={"pk": {"S": "pages"}, "sk": {"S": f"{number:03}"}}
    )
