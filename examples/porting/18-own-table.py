"""Create a table, wait until it exists, use it, and delete it."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
name = "own-" + environ["RUN"]

dynamodb.create_table(
    TableName=name,
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    BillingMode="PAY_PER_REQUEST",
)
dynamodb.get_waiter("table_exists").wait(
    TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
)
table = dynamodb.describe_table(TableName=name)["Table"]
print(json.dumps({"status": table["TableStatus"], "key": table["KeySchema"][0]["AttributeName"]}))

dynamodb.put_item(TableName=name, Item={"id": {"N": "1"}})
print(json.dumps(dynamodb.scan(TableName=name)["Count"]))

dynamodb.delete_table(TableName=name)
dynamodb.get_waiter("table_not_exists").wait(
    TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
)
try:
    dynamodb.describe_table(TableName=name)
except dynamodb.exceptions.ResourceNotFoundException:
    print(json.dumps("deleted"))
