"""Read an object line by line, without the whole of it in memory."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
target = {"Bucket": environ["BUCKET"], "Key": "lines.csv"}
rows = "".join(f"{number},{number * number}\n" for number in range(1000))
s3.put_object(**target, Body=rows.encode(), ContentType="text/csv")

total = 0
response = s3.get_object(**target)
for line in response["Body"].iter_lines():
    total += int(line.decode().split(",")[1])
print(json.dumps({"type": response["ContentType"], "total": total}))
s3.delete_object(**target)
