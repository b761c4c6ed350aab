"""Uses the tenant's AWS with a boto3 that is older than AWS_ENDPOINT_URL."""

import json
from os import environ

import boto3
from boto3.dynamodb.conditions import Key


def client(service):
    return boto3.client(service, endpoint_url=environ["AWS_ENDPOINT_URL"])


table = boto3.resource("dynamodb", endpoint_url=environ["AWS_ENDPOINT_URL"]).Table(environ["TABLE"])
table.put_item(Item={"pk": "old", "sk": "boto3", "count": 1})
items = table.query(KeyConditionExpression=Key("pk").eq("old"))["Items"]
table.delete_item(Key={"pk": "old", "sk": "boto3"})

s3 = client("s3")
s3.put_object(Bucket="bulk-data", Key="old boto3/ä", Body=b"body")
body = s3.get_object(Bucket="bulk-data", Key="old boto3/ä")["Body"].read().decode()
keys = [one["Key"] for one in s3.list_objects_v2(Bucket="bulk-data", Prefix="old boto3/")["Contents"]]
s3.delete_object(Bucket="bulk-data", Key="old boto3/ä")

print(
    json.dumps(
        {
            "count": int(items[0]["count"]),
            "body": body,
            "keys": keys,
            "account": client("sts").get_caller_identity()["Account"],
            "result": json.load(client("lambda").invoke(FunctionName="echo", Payload=b'{"a": 1}')["Payload"]),
        }
    )
)
