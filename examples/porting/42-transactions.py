"""Move money between accounts in transactions, and read why one was cancelled."""

import json
from os import environ

from boto3 import Session
from botocore.exceptions import ClientError
from echostream_botocore import AppSession

session = Session(botocore_session=AppSession(), region_name=environ["REGION"])
dynamodb = session.client("dynamodb")
table = session.resource("dynamodb").Table(environ["TABLE"])


def key(account):
    return {"pk": {"S": "accounts"}, "sk": {"S": account}}


def balances(*accounts):
    gets = [{"Get": {"TableName": table.name, "Key": key(account)}} for account in accounts]
    responses = dynamodb.transact_get_items(TransactItems=gets)["Responses"]
    return [int(response["Item"]["balance"]["N"]) if "Item" in response else None for response in responses]


def transfer(source, target, amount, token):
    dynamodb.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": table.name,
                    "Key": key(source),
                    "UpdateExpression": "SET balance = balance - :amount",
                    "ConditionExpression": "balance >= :amount",
                    "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {
                "Update": {
                    "TableName": table.name,
                    "Key": key(target),
                    "UpdateExpression": "SET balance = balance + :amount",
                    "ConditionExpression": "attribute_exists(pk)",
                    "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
                }
            },
        ],
        ClientRequestToken=f"{token}-{environ['RUN']}",
    )


table.meta.client.transact_write_items(
    TransactItems=[
        {"Put": {"TableName": table.name, "Item": {"pk": "accounts", "sk": "ada", "balance": 100}}},
        {"Put": {"TableName": table.name, "Item": {"pk": "accounts", "sk": "alan", "balance": 20}}},
    ]
)
transfer("ada", "alan", 30, "first")
transfer("ada", "alan", 30, "first")
print(json.dumps(balances("ada", "alan", "grace")))

for source, target in [("ada", "alan"), ("alan", "grace")]:
    try:
        transfer(source, target, 60 if source == "alan" else 500, "cancelled")
    except dynamodb.exceptions.TransactionCanceledException as error:
        print(json.dumps(error.response["Error"]["Message"]))
        for reason in error.response["CancellationReasons"]:
            print(json.dumps([reason["Code"], reason.get("Message"), reason.get("Item")]))
print(json.dumps(balances("ada", "alan")))

try:
    transfer("alan", "ada", 1, "first")
except ClientError as error:
    print(json.dumps(error.response["Error"]["Code"]))

response = table.meta.client.transact_get_items(
    TransactItems=[
        {
            "Get": {
                "TableName": table.name,
                "Key": {"pk": "accounts", "sk": "ada"},
                "ProjectionExpression": "#b",
                "ExpressionAttributeNames": {"#b": "balance"},
            }
        }
    ]
)
print(json.dumps([int(item["Item"]["balance"]) for item in response["Responses"]]))
table.meta.client.transact_write_items(
    TransactItems=[
        {
            "ConditionCheck": {
                "TableName": table.name,
                "Key": {"pk": "accounts", "sk": "grace"},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        },
        *({"Delete": {"TableName": table.name, "Key": {"pk": "accounts", "sk": sk}}} for sk in ["ada", "alan"]),
    ]
)
print(json.dumps(balances("ada", "alan")))
