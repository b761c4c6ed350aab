"""Use several tenants in one process, with one session each and no settings from the environment."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

for login in json.loads(environ["TENANTS"]):
    environ["AWS_ENDPOINT_URL"] = login["endpoint_url"]  # for local tenants only
    session = Session(
        botocore_session=ApiSession(
            appsync_endpoint=login["appsync_endpoint"],
            client_id=login["client_id"],
            duration=1800,
            password=login["password"],
            tenant=login["tenant"],
            user_pool_id=login["user_pool_id"],
            username=login["username"],
        ),
        region_name=login["region"],
    )
    dynamodb = session.client("dynamodb")
    table = dynamodb.describe_table(TableName=login["table"])["Table"]
    print(
        json.dumps(
            {
                "tenant": login["tenant"],
                "region": session.region_name,
                "table": table["TableName"],
                "keys": [key["AttributeName"] for key in table["KeySchema"]],
            }
        )
    )
