"""Prints the facts of botocore that docs/porting/config.md, events.md and "What to look out for" state."""

import json
from os import environ

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from echostream_botocore import ApiSession

session = boto3.Session(botocore_session=ApiSession(), region_name=environ["REGION"])


def attempts(**retries):
    """Requests of one call that fails each time."""
    client = session.client("sqs", config=Config(retries={"mode": "standard", **retries}))
    sent = []
    client.meta.events.register("before-send", lambda **_: sent.append(1))
    try:
        client.list_queues()
    except ClientError as error:
        return {"requests": len(sent), "RetryAttempts": error.response["ResponseMetadata"]["RetryAttempts"]}


EVENTS = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "needs-retry",
    "after-call",
]
client = session.client("dynamodb")
order = []
for event in EVENTS:
    client.meta.events.register(event, lambda event_name, **_: order.append(event_name.split(".")[0]))
client.get_item(TableName=environ["TABLE"], Key={"pk": {"S": "a"}, "sk": {"S": "1"}})

environ.pop("AWS_DEFAULT_REGION", None)
environ["AWS_REGION"] = "eu-west-1"
from_aws_region = botocore.session.Session().get_config_variable("region")
environ["AWS_DEFAULT_REGION"] = "eu-west-2"
environ.update(AWS_PROFILE="far", AWS_ACCESS_KEY_ID="AKIAENVIRONMENT", AWS_SECRET_ACCESS_KEY="secret")
environ["AWS_SHARED_CREDENTIALS_FILE"] = environ["CREDENTIALS"]
key_and_profile = botocore.session.Session().get_credentials().access_key
environ.pop("AWS_PROFILE")
own = ApiSession(duration=0)
own.set_credentials("AKIAOWN", "secret")

print(
    json.dumps(
        {
            "events": list(dict.fromkeys(order)),
            "attempts": {
                "max_attempts 1": attempts(max_attempts=1),
                "total_max_attempts 1": attempts(total_max_attempts=1),
            },
            "regions": {
                "AWS_REGION": from_aws_region,
                "AWS_REGION and AWS_DEFAULT_REGION": botocore.session.Session().get_config_variable("region"),
            },
            "AWS_PROFILE and AWS_ACCESS_KEY_ID": key_and_profile,
            "defaults": {
                "max_pool_connections": client.meta.config.max_pool_connections,
                "connect_timeout": client.meta.config.connect_timeout,
                "read_timeout": client.meta.config.read_timeout,
                "retries": session.client("sqs").meta.config.retries,
            },
            "set_credentials": own.get_credentials().method,
            "partition": own.get_partition_for_region("cn-north-1"),
        }
    )
)
