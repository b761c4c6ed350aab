"""Query the EchoStream API: the tenant, its apps, and an app that does not exist."""

import json
from os import environ

from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
from pycognito import Cognito
from pycognito.utils import RequestsSrpAuth

cognito = Cognito(
    user_pool_id=environ["USER_POOL_ID"],
    client_id=environ["CLIENT_ID"],
    username=environ["USER_NAME"],
)
cognito.authenticate(password=environ["PASSWORD"])
transport = RequestsHTTPTransport(
    auth=RequestsSrpAuth(cognito=cognito, http_header_prefix=""),
    url=environ["APPSYNC_ENDPOINT"],
)
GET_TENANT = gql("query tenant($tenant: String!) { GetTenant(tenant: $tenant) { name region } }")
GET_APP = gql(
    "query app($tenant: String!, $name: String!) { GetApp(tenant: $tenant, name: $name) { __typename name } }"
)

with Client(transport=transport) as api:
    tenant = {"tenant": environ["TENANT"]}
    print(json.dumps(api.execute(GET_TENANT, variable_values=tenant)["GetTenant"]))
    for name in ["external-app", "none"]:
        app = api.execute(GET_APP, variable_values={**tenant, "name": name})["GetApp"]
        print(json.dumps(app))
