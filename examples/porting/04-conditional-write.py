"""Lock optimistically: a write succeeds only on the version that it names."""

import json
from os import environ

from boto3 import Session
from botocore.exceptions import ClientError
from echostream_botocore import AppSession

dynamodb = Session(
    botocore_session=AppSession(), region_name=environ["REGION"]
).client("dynamodb")
table = environ["TABLE"]
key = {"pk": {"S": "document"}, "sk": {"S": "1"}}


def create(text):
    dynamodb.put_item(
        TableName=table,
        Item={**key, "version": {"N": "1"}, "text": {"S": text}},
        ConditionExpression="attribute_not_exists(pk)",
    )


def update(version, text):
    response = dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #text = :text, version = version + :one",
        ConditionExpression="version = :version",
        ExpressionAttributeNames={"#text": "text"},
        ExpressionAttributeValues={
            ":one": {"N": "1"},
            ":text": {"S": text},
            ":version": {"N": str(version)},
        },
        ReturnValues="ALL_NEW",
    )
    print(json.dumps(response["Attributes"]))


def refused(write, *args):
    try:
        write(*args)
    except ClientError as error:
        print(json.dumps({"refused": error.response["Error"]["Code"]}))


create("one")
refused(create, "another one")
update(1, "two")
refused(update, 1, "two again")
dynamodb.delete_item(TableName=table, Key=key)
