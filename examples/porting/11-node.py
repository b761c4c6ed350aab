"""Run a node: query its edges from AppSync, and move messages from its receive edges to its send edges."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import AppSession
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
from pycognito import Cognito
from pycognito.utils import RequestsSrpAuth

GET_NODE = gql(
    """
    query getNode($name: String!, $tenant: String!) {
        GetNode(name: $name, tenant: $tenant) {
            __typename
            name
            tenant { region table }
            ... on ExternalNode {
                receiveEdges { queue source { name } }
                sendEdges { queue target { name } }
            }
            ... on ManagedNode {
                receiveEdges { queue source { name } }
                sendEdges { queue target { name } }
            }
        }
    }
    """
)

# The queries and the session share one sign-in.
cognito = Cognito(
    client_id=environ["CLIENT_ID"],
    user_pool_id=environ["USER_POOL_ID"],
    username=environ["USER_NAME"],
)
cognito.authenticate(password=environ["PASSWORD"])
client = Client(
    fetch_schema_from_transport=True,
    transport=RequestsHTTPTransport(
        auth=RequestsSrpAuth(cognito=cognito, http_header_prefix=""),
        url=environ["APPSYNC_ENDPOINT"],
    ),
)
with client as graphql:
    node = graphql.execute(
        GET_NODE, variable_values={"name": environ["NODE"], "tenant": environ["TENANT"]}
    )["GetNode"]

session = Session(
    botocore_session=AppSession(cognito=cognito), region_name=node["tenant"]["region"]
)
sqs = session.client("sqs")

sources = [edge["source"]["name"] for edge in node["receiveEdges"]]
targets = [edge["target"]["name"] for edge in node["sendEdges"]]
print(json.dumps({"type": node["__typename"], "from": sources, "to": targets}))

for edge in node["receiveEdges"]:  # send what the neighboring nodes would send
    for number in range(3):
        sqs.send_message(
            QueueUrl=edge["queue"],
            MessageBody=f"message {number}",
            MessageGroupId=edge["source"]["name"],
            MessageDeduplicationId=f"{environ['RUN']}-{number}",
        )

for edge in node["receiveEdges"]:
    while messages := sqs.receive_message(
        QueueUrl=edge["queue"], MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        for target in node["sendEdges"]:
            sqs.send_message_batch(
                QueueUrl=target["queue"],
                Entries=[
                    {
                        "Id": message["MessageId"],
                        "MessageBody": message["Body"].upper(),
                        "MessageGroupId": node["name"],
                        "MessageDeduplicationId": message["MessageId"],
                    }
                    for message in messages
                ],
            )
        sqs.delete_message_batch(
            QueueUrl=edge["queue"],
            Entries=[
                {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]}
                for message in messages
            ],
        )

for edge in node["sendEdges"]:  # receive what the neighboring nodes would receive
    received = []
    while messages := sqs.receive_message(
        QueueUrl=edge["queue"], MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        for message in messages:
            received.append(message["Body"])
            sqs.delete_message(
                QueueUrl=edge["queue"], ReceiptHandle=message["ReceiptHandle"]
            )
    print(json.dumps(received))
