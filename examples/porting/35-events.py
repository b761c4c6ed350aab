"""Change the requests of clients and look at their responses, with handlers of events."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
events = session.events
seen = []


def add_table(params, **kwargs):
    params.setdefault("TableName", environ["TABLE"])


events.register("provide-client-params.dynamodb.*", add_table)
events.register("after-call.dynamodb", lambda http_response, **kwargs: seen.append(http_response.status_code))

dynamodb = session.client("dynamodb")
key = {"pk": {"S": "events"}, "sk": {"S": "1"}}
dynamodb.put_item(Item=key)
print(json.dumps(dynamodb.get_item(Key=key)["Item"]))
dynamodb.delete_item(Key=key)
print(json.dumps(seen))
events.unregister("provide-client-params.dynamodb.*", add_table)
