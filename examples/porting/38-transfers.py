"""Upload a file in parts, see the progress, copy the object, and download it."""

import json
from io import BytesIO
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

from boto3 import Session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from echostream_botocore import ApiSession

session = Session(botocore_session=ApiSession(), region_name=environ["REGION"])
s3 = session.client("s3", config=Config(s3={"addressing_style": "path"}))
bucket = environ["BUCKET"]
megabyte = 1024 * 1024
config = TransferConfig(
    multipart_threshold=6 * megabyte, multipart_chunksize=5 * megabyte, max_concurrency=2
)


class Progress:
    def __init__(self):
        self.transferred = 0

    def __call__(self, count):
        self.transferred += count


with TemporaryDirectory() as folder:
    original, copy = Path(folder, "original"), Path(folder, "copy")
    original.write_bytes(b"0123456789abcdef" * (11 * megabyte // 16))

    progress = Progress()
    s3.upload_file(
        str(original), bucket, "transfers/large", Callback=progress, Config=config,
        ExtraArgs={"ContentType": "text/plain", "Metadata": {"author": "ada"}},
    )
    print(json.dumps(progress.transferred))
    head = s3.head_object(Bucket=bucket, Key="transfers/large")
    print(json.dumps([head["ContentType"], head["Metadata"], head["ETag"].split("-")[-1]]))

    progress = Progress()
    s3.download_file(bucket, "transfers/large", str(copy), Callback=progress, Config=config)
    print(json.dumps([progress.transferred, copy.read_bytes() == original.read_bytes()]))

s3.upload_fileobj(BytesIO(b"small"), bucket, "transfers/small", Config=config)
s3.copy({"Bucket": bucket, "Key": "transfers/small"}, bucket, "transfers/copy")
copied = BytesIO()
s3.download_fileobj(bucket, "transfers/copy", copied)
print(json.dumps(copied.getvalue().decode()))

objects = session.resource("s3", config=Config(s3={"addressing_style": "path"})).Bucket(bucket).objects
for object in objects.filter(Prefix="transfers/"):
    print(json.dumps([object.key, object.size]))
    object.delete()
