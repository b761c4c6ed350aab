"""Let somebody without credentials upload an object with a form, up to a size."""

import json
from os import environ

import requests
from boto3 import Session
from botocore.config import Config
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client(
    "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"})
)
bucket = environ["BUCKET"]

post = s3.generate_presigned_post(
    bucket,
    "form.txt",
    Fields={"Content-Type": "text/plain"},
    Conditions=[{"Content-Type": "text/plain"}, ["content-length-range", 1, 20]],
    ExpiresIn=600,
)
print(json.dumps([post["url"].endswith(f"/{bucket}"), post["fields"]["key"]]))


def upload(data, **fields):
    form = {**post["fields"], **fields}
    return requests.post(post["url"], data=form, files={"file": data}).status_code


print(json.dumps(upload(b"all is well")))
print(json.dumps(upload(b"far more than twenty bytes")))
print(json.dumps(upload(b"all is well", key="other.txt")))

response = s3.get_object(Bucket=bucket, Key="form.txt")
print(json.dumps(response["Body"].read().decode()))
s3.delete_object(Bucket=bucket, Key="form.txt")
