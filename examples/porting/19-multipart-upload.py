"""Upload an object in parts, and read a range of it."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
target = {"Bucket": environ["BUCKET"], "Key": "in-parts.bin"}

upload = s3.create_multipart_upload(**target)
parts = []
for number, size in enumerate([5 * 1024 * 1024, 1000], start=1):
    response = s3.upload_part(
        **target,
        UploadId=upload["UploadId"],
        PartNumber=number,
        Body=str(number).encode() * size,
    )
    parts.append({"PartNumber": number, "ETag": response["ETag"]})
s3.complete_multipart_upload(
    **target, UploadId=upload["UploadId"], MultipartUpload={"Parts": parts}
)

print(json.dumps(s3.head_object(**target)["ContentLength"]))
response = s3.get_object(**target, Range="bytes=5242878-5242881")
print(json.dumps(response["Body"].read().decode()))
s3.delete_object(**target)

upload = s3.create_multipart_upload(**target)
s3.abort_multipart_upload(**target, UploadId=upload["UploadId"])
print(json.dumps(len(s3.list_multipart_uploads(Bucket=environ["BUCKET"]).get("Uploads", []))))
