"""As an API user of a whole tenant, write an item and read it."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")

key = {"pk": {"S": "greeting"}, "sk": {"S": "first"}}
dynamodb.put_item(TableName=environ["TABLE"], Item={**key, "text": {"S": "hello"}})
item = dynamodb.get_item(TableName=environ["TABLE"], Key=key)["Item"]
print(json.dumps(item))
dynamodb.delete_item(TableName=environ["TABLE"], Key=key)
