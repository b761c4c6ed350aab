"""Signs in with both sessions of the Python original, describes the tenant, and uses its table and a queue."""

import json
from os import environ

from boto3 import Session
from botocore.exceptions import ClientError
from echostream_botocore import ApiSession, AppSession
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
from pycognito import Cognito
from pycognito.utils import RequestsSrpAuth

DESCRIBE = gql(
    "query describe($tenant: String!) { GetTenant(tenant: $tenant) { name region table } }"
)
APP = gql(
    "query app($name: String!, $tenant: String!) { GetApp(name: $name, tenant: $tenant) { __typename ... on ExternalApp { name tableAccess } } }"
)


def query(document, **variables):
    cognito = Cognito(
        client_id=environ["CLIENT_ID"],
        user_pool_id=environ["USER_POOL_ID"],
        username=environ["USER_NAME"],
    )
    cognito.authenticate(password=environ["PASSWORD"])
    auth = RequestsSrpAuth(cognito=cognito, http_header_prefix="")
    transport = RequestsHTTPTransport(auth=auth, url=environ["APPSYNC_ENDPOINT"])
    with Client(fetch_schema_from_transport=True, transport=transport) as client:
        return client.execute(document, variable_values=variables)


def use(session):
    table = environ["TABLE"]
    dynamodb = session.client("dynamodb")
    key = {"pk": {"S": environ["USER_NAME"]}, "sk": {"S": "original"}}
    dynamodb.put_item(TableName=table, Item={**key, "text": {"S": "hello"}})
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.delete_item(TableName=table, Key=key)
    sqs = session.client("sqs")
    sqs.send_message(QueueUrl=environ["QUEUE_URL"], MessageBody=environ["USER_NAME"])
    message = sqs.receive_message(QueueUrl=environ["QUEUE_URL"], WaitTimeSeconds=2)["Messages"][0]
    sqs.delete_message(QueueUrl=environ["QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"])
    try:
        dynamodb.describe_table(TableName="missing")
    except ClientError as error:
        failure = error.response["Error"]["Code"]
    return {"text": item["text"]["S"], "message": message["Body"], "failure": failure}


if environ.get("APP"):
    described = query(APP, name=environ["APP"], tenant=environ["TENANT"])["GetApp"]
    session = AppSession()
else:
    described = query(DESCRIBE, tenant=environ["TENANT"])["GetTenant"]
    session = ApiSession()
print(json.dumps({"described": described, **use(Session(botocore_session=session))}))
