"""Read the same pages twice, with the same arguments."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
for number in range(8):
    item = {"pk": {"S": "twice"}, "sk": {"S": str(number)}}
    dynamodb.put_item(TableName=environ["TABLE"], Item=item)

args = {
    "TableName": environ["TABLE"],
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "twice"}},
}
paginator = dynamodb.get_paginator("query")
for _ in range(2):
    counts = []
    for page in paginator.paginate(PaginationConfig={"PageSize": 3}, **args):
        counts.append(page["Count"])
    print(json.dumps(counts))

for number in range(8):
    key = {"pk": {"S": "twice"}, "sk": {"S": str(number)}}
    dynamodb.delete_item(TableName=environ["TABLE"], Key=key)
