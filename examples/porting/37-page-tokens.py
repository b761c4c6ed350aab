"""Read a few items of several pages, continue later with a token, and search in the pages."""

import json
from base64 import b64decode, b64encode
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table = environ["TABLE"]
for number in range(9):
    item = {"pk": {"S": "tokens"}, "sk": {"S": str(number)}, "even": {"BOOL": number % 2 == 0}}
    dynamodb.put_item(TableName=table, Item=item)

args = {
    "TableName": table,
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "tokens"}},
}
paginator = dynamodb.get_paginator("query")

token = None
while True:
    config = {"MaxItems": 4, "PageSize": 3, "StartingToken": token}
    result = paginator.paginate(**args, PaginationConfig=config).build_full_result()
    token = result.get("NextToken")
    print(json.dumps([item["sk"]["S"] for item in result["Items"]]))
    if token is None:
        break

saved = {"ExclusiveStartKey": {"pk": {"S": "tokens"}, "sk": {"S": "5"}}, "boto_truncate_amount": 1}
token = b64encode(json.dumps(saved).encode()).decode()
pages = paginator.paginate(**args, PaginationConfig={"MaxItems": 1, "StartingToken": token})
print(json.dumps([page["Items"][0]["sk"]["S"] for page in pages]))
saved["boto_truncate_amount"] = 2
print(json.dumps(json.loads(b64decode(pages.resume_token)) == saved))

pages = paginator.paginate(**args, PaginationConfig={"PageSize": 4})
print(json.dumps(list(pages.search("Items[?even.BOOL].sk.S"))))

for number in range(9):
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "tokens"}, "sk": {"S": str(number)}})
