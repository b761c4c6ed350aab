"""Let somebody without credentials upload and download an object for 30 minutes."""

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

params = {"Bucket": environ["BUCKET"], "Key": "report.txt"}
upload = s3.generate_presigned_url("put_object", Params=params, ExpiresIn=1800)
download = s3.generate_presigned_url("get_object", Params=params, ExpiresIn=1800)

print(json.dumps({"upload": requests.put(upload, data=b"all is well").status_code}))
print(json.dumps({"download": requests.get(download).text}))
s3.delete_object(**params)
print(json.dumps({"download": requests.get(download).status_code}))
