"""Write more items than fit into one batch, and let later ones replace earlier ones of the same key."""

import json
from os import environ

from boto3 import Session
from boto3.dynamodb.conditions import Attr, Key
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
table = session.resource("dynamodb").Table(environ["TABLE"])

with table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
    for number in range(60):
        batch.put_item(Item={"pk": "writer", "sk": f"{number:03}", "n": number})
        if number % 10 == 0:
            batch.put_item(Item={"pk": "writer", "sk": f"{number:03}", "n": -number})

response = table.query(
    KeyConditionExpression=Key("pk").eq("writer") & Key("sk").between("010", "040"),
    FilterExpression=Attr("n").lt(0) | Attr("n").is_in([25, 35]),
)
print(json.dumps([int(item["n"]) for item in response["Items"]]))
response = table.query(KeyConditionExpression=Key("pk").eq("writer"), Select="COUNT")
print(json.dumps(response["Count"]))

with table.batch_writer() as batch:
    for number in range(60):
        batch.delete_item(Key={"pk": "writer", "sk": f"{number:03}"})
response = table.query(KeyConditionExpression=Key("pk").eq("writer"), Select="COUNT")
print(json.dumps(response["Count"]))
