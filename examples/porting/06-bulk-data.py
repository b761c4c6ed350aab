"""Transfer data that is too large for a message: get presigned URLs from EchoStream, upload, download."""

import gzip
import json
from os import environ

import requests
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
from pycognito import Cognito
from pycognito.utils import RequestsSrpAuth

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
GET_BULK_DATA_STORAGE = gql(
    """
    query getBulkDataStorage($tenant: String!) {
        GetBulkDataStorage(tenant: $tenant, count: 1) {
            presignedGet
            presignedPut { headers url }
        }
    }
    """
)

with client as session:
    (storage,) = session.execute(
        GET_BULK_DATA_STORAGE, variable_values={"tenant": environ["TENANT"]}
    )["GetBulkDataStorage"]

data = gzip.compress(b"a" * 1_000_000)
response = requests.put(
    storage["presignedPut"]["url"],
    data=data,
    headers=json.loads(storage["presignedPut"]["headers"]),
)
print(json.dumps({"upload": response.status_code}))
response = requests.get(storage["presignedGet"])
print(json.dumps({"download": response.status_code}))
print(json.dumps({"size": len(response.content)}))  # requests decompresses it
