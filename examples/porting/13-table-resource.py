"""Use the table as a resource, with plain values instead of DynamoDB's typed values."""

import json
from os import environ

from boto3 import Session
from boto3.dynamodb.conditions import Key
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
table = session.resource("dynamodb").Table(environ["TABLE"])

people = [
    {"pk": "people", "sk": "ada", "born": 1815, "languages": ["en", "fr"]},
    {"pk": "people", "sk": "alan", "born": 1912, "chess": {"plays": True, "title": None}},
    {"pk": "people", "sk": "grace", "born": 1906},
]
with table.batch_writer() as batch:
    for person in people:
        batch.put_item(Item=person)

response = table.query(
    KeyConditionExpression=Key("pk").eq("people") & Key("sk").begins_with("a")
)
for item in response["Items"]:
    print(json.dumps(item, default=int, sort_keys=True))
print(json.dumps(response["Count"]))

response = table.update_item(
    Key={"pk": "people", "sk": "grace"},
    UpdateExpression="SET born = born + :n",
    ExpressionAttributeValues={":n": 0},
    ReturnValues="ALL_NEW",
)
print(json.dumps(response["Attributes"], default=int, sort_keys=True))
with table.batch_writer() as batch:
    for person in people:
        batch.delete_item(Key={"pk": person["pk"], "sk": person["sk"]})
