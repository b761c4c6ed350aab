"""Store metadata with an object, copy the object, and look whether objects exist."""

import json
from os import environ

from boto3 import Session
from botocore.config import Config
from botocore.exceptions import ClientError
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
bucket = environ["BUCKET"]


def exists(key):
    try:
        s3.head_object(Bucket=bucket, Key=key)
        return True
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False


s3.put_object(Bucket=bucket, Key="original", Body=b"text", Metadata={"author": "ada"})
s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "original"})
head = s3.head_object(Bucket=bucket, Key="copy")
print(json.dumps({"author": head["Metadata"]["author"], "size": head["ContentLength"]}))
s3.delete_object(Bucket=bucket, Key="original")
print(json.dumps([exists("original"), exists("copy")]))
s3.delete_object(Bucket=bucket, Key="copy")
