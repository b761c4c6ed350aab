"""Keep sets, bytes, large numbers and nested values in the table, without types of DynamoDB."""

import json
from decimal import Decimal
from os import environ

from boto3 import Session
from boto3.dynamodb.types import Binary
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
table = session.resource("dynamodb").Table(environ["TABLE"])
key = {"pk": "plain", "sk": "1"}

table.put_item(
    Item={
        **key,
        "names": {"ada", "alan"},
        "bytes": Binary(b"\x00\xff"),
        "number": Decimal("12345678901234567890"),
        "nested": {"list": [1, "two", None, True]},
    }
)
item = table.get_item(Key=key)["Item"]
print(json.dumps(sorted(item["names"])))
print(json.dumps(list(item["bytes"].value)))
print(json.dumps(str(item["number"])))
print(json.dumps(item["nested"], default=int))
table.delete_item(Key=key)
