"""List objects as files in folders, and delete a folder."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
bucket = environ["BUCKET"]
for name in ["a.txt", "b.txt", "2025/c.txt", "2026/d.txt", "2026/e.txt"]:
    s3.put_object(Bucket=bucket, Key=f"folders/{name}", Body=name.encode())

response = s3.list_objects_v2(Bucket=bucket, Prefix="folders/", Delimiter="/")
print(json.dumps([one["Key"] for one in response["Contents"]]))
print(json.dumps([one["Prefix"] for one in response["CommonPrefixes"]]))

keys = []
paginator = s3.get_paginator("list_objects_v2")
for page in paginator.paginate(
    Bucket=bucket, Prefix="folders/", PaginationConfig={"PageSize": 2}
):
    for content in page["Contents"]:
        keys.append({"Key": content["Key"]})
s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
response = s3.list_objects_v2(Bucket=bucket, Prefix="folders/")
print(json.dumps({"deleted": len(keys), "left": response["KeyCount"]}))
