"""Call a function and read its result, and see that another one does not exist."""

import json
from os import environ

from boto3 import Session
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
functions = session.client("lambda")

response = functions.invoke(FunctionName="echo", Payload=json.dumps({"n": [1, 2]}).encode())
print(json.dumps(response["StatusCode"]))
print(json.dumps(json.loads(response["Payload"].read())))
print(json.dumps(response.get("FunctionError")))
try:
    functions.invoke(FunctionName="none")
except functions.exceptions.ResourceNotFoundException as error:
    print(json.dumps(error.response["ResponseMetadata"]["HTTPStatusCode"]))
