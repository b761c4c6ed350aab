"""Handle events in an AWS Lambda function, with one session for each execution environment."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession

dynamodb = Session(
    botocore_session=AppSession(), region_name=environ["REGION"]
).client("dynamodb")


def lambda_handler(event, context):
    response = dynamodb.update_item(
        TableName=environ["TABLE"],
        Key={"pk": {"S": "counter"}, "sk": {"S": event["name"]}},
        UpdateExpression="ADD #count :by",
        ExpressionAttributeNames={"#count": "count"},
        ExpressionAttributeValues={":by": {"N": str(event["by"])}},
        ReturnValues="UPDATED_NEW",
    )
    return {
        "name": event["name"],
        "count": int(response["Attributes"]["count"]["N"]),
        "requestId": context.aws_request_id,
    }


if __name__ == "__main__":  # outside AWS Lambda, call the handler as AWS Lambda does

    class Context:
        def __init__(self, aws_request_id):
            self.aws_request_id = aws_request_id

    for by in (1, 2, 3):
        print(json.dumps(lambda_handler({"name": "visits", "by": by}, Context(f"r{by}"))))
    dynamodb.delete_item(
        TableName=environ["TABLE"], Key={"pk": {"S": "counter"}, "sk": {"S": "visits"}}
    )
