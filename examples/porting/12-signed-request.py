"""Sign a plain HTTP request with the session's credentials, here for the URL of a function."""

import json
from os import environ

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from echostream_botocore import ApiSession

session = ApiSession()
frozen = session.get_credentials().get_frozen_credentials()

request = AWSRequest(
    method="POST",
    url=environ["FUNCTION_URL"],
    data=json.dumps({"question": "who are you?"}),
    headers={"Content-Type": "application/json"},
)
SigV4Auth(frozen, "lambda", environ["REGION"]).add_auth(request)
response = requests.post(request.url, data=request.data, headers=dict(request.headers))
print(json.dumps({"status": response.status_code, "answer": response.json()}))

unsigned = requests.post(request.url, data=request.data)
print(json.dumps({"status": unsigned.status_code}))
