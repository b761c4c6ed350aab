"""Prints the facts of boto3, botocore and Python that docs/porting/idioms.md, config.md and sessions.md state."""

import asyncio
import copy
import json
import logging
import multiprocessing
import os
import pickle
import sys
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import BytesIO, StringIO
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
import requests
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import S3Transfer, TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound
from echostream_botocore import ApiSession

session = boto3.Session(botocore_session=ApiSession(), region_name=environ["REGION"])
PATH_STYLE = Config(s3={"addressing_style": "path"})
MEGABYTE = 1024 * 1024
bucket = environ["BUCKET"]


def counted(of, work):
    """How often each operation is called, by a client or the client of a resource."""
    operations = []
    handler = lambda model, **_: operations.append(model.name)
    of.meta.events.register("before-call", handler)
    work()
    of.meta.events.unregister("before-call", handler)
    return {name: operations.count(name) for name in sorted(set(operations))}


def failure(work):
    try:
        work()
    except Exception as error:
        return type(error).__name__


# Transfers

s3 = session.client("s3", config=PATH_STYLE)
config = TransferConfig(multipart_threshold=6 * MEGABYTE, multipart_chunksize=5 * MEGABYTE)
transferred = []
with TemporaryDirectory() as folder:
    file = Path(folder, "file")
    file.write_bytes(b"x" * 11 * MEGABYTE)
    path = str(file)
    upload = lambda: s3.upload_file(path, bucket, "large", Callback=transferred.append, Config=config)
    transfer = {
        "upload_file": counted(s3, upload),
        "Callback": sum(transferred),
        "download_file": counted(s3, lambda: s3.download_file(bucket, "large", path + ".copy", Config=config)),
        "upload_fileobj": counted(s3, lambda: s3.upload_fileobj(BytesIO(b"small"), bucket, "small")),
        "download_fileobj": counted(s3, lambda: s3.download_fileobj(bucket, "small", BytesIO())),
        "copy": counted(s3, lambda: s3.copy({"Bucket": bucket, "Key": "small"}, bucket, "copy")),
        "S3Transfer": counted(s3, lambda: S3Transfer(s3, config).upload_file(path, bucket, "large")),
    }
    try:
        s3.upload_file(path, "none", "large")
    except S3UploadFailedError as error:
        transfer["S3UploadFailedError"] = str(error).replace(path, "file")
settings = ["multipart_threshold", "multipart_chunksize", "max_concurrency", "num_download_attempts", "use_threads"]

# Resources

dynamodb, sqs = session.resource("dynamodb"), session.resource("sqs")
storage = session.resource("s3", config=PATH_STYLE)
table, queue = dynamodb.Table(environ["TABLE"]), sqs.Queue(environ["QUEUE_URL"])


def sent(resource, work):
    return list(counted(resource.meta.client, work))


def create():
    storage.Bucket(bucket)
    storage.Object(bucket, "small")


def delete_some():
    queue.send_messages(Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(3)])
    messages = queue.receive_messages(MaxNumberOfMessages=10)
    entries = [{"Id": str(n), "ReceiptHandle": m.receipt_handle} for n, m in enumerate(messages)]
    # A fault of the tenant reports two of them as failed.
    return queue.delete_messages(Entries=entries)


def too_many():
    try:
        queue.send_messages(Entries=[{"Id": str(n), "MessageBody": "x"} for n in range(11)])
    except ClientError as error:
        return error.response["Error"]["Code"]


key = {"pk": "idioms", "sk": "1"}
table.put_item(Item={**key, "n": Decimal("1.5"), "b": b"\x01"})
item = table.get_item(Key=key)["Item"]
table.delete_item(Key=key)
deletion = delete_some()
VALUES = ["a", 1, True, None, [1, "a"], {"a": 1}, b"\x01\xff", {"a"}, {1}]
serialized = [TypeSerializer().serialize(value) for value in VALUES]
body = lambda: s3.get_object(Bucket=bucket, Key="small")["Body"]
twice = body()
from_v4 = session.client("s3", config=PATH_STYLE.merge(Config(signature_version="s3v4")))
params = {"Bucket": bucket, "Key": "small"}
week_and_more = 8 * 24 * 3600
presigned = lambda of: of.generate_presigned_url("get_object", Params=params, ExpiresIn=week_and_more)
query = lambda url: sorted(parse_qs(urlsplit(url).query))
fields = lambda of: sorted(of.generate_presigned_post(bucket, "small")["fields"])
resources = {
    "names": session.get_available_resources(),
    "created": sent(storage, create),
    "table.item_count": sent(table, lambda: table.item_count),
    "queue.attributes": sent(queue, lambda: queue.attributes),
    "object.content_length": sent(storage, lambda: storage.Object(bucket, "small").content_length),
    "objects.delete": sent(storage, lambda: storage.Bucket(bucket).objects.filter(Prefix="copy").delete()),
    "delete_messages": {name: [one["Id"] for one in deletion[name]] for name in ("Successful", "Failed")},
    "eleven messages": too_many(),
    "item": {name: type(value).__name__ for name, value in item.items()},
    "float": failure(lambda: table.put_item(Item={**key, "n": 1.5})),
    "serialized": json.loads(json.dumps(serialized, default=lambda value: b64encode(value).decode())),
    "deserialized": [TypeDeserializer().deserialize(value) == VALUES[n] for n, value in enumerate(serialized)],
    "iter_chunks": [chunk.decode() for chunk in body().iter_chunks(2)],
    "read twice": [twice.read().decode(), twice.read().decode()],
    "presigned": {"query": query(presigned(s3)), "fields": fields(s3), "fields of s3v4": fields(from_v4)},
}

# Threads and processes

client = session.client("sqs", config=Config(max_pool_connections=4))
state = {"now": 0, "most": 0}
lock = threading.Lock()
local = threading.local()


def work(number):
    with lock:
        state["now"] += 1
        state["most"] = max(state["most"], state["now"])
    local.number = number
    client.list_queues()
    sleep(0.01)
    with lock:
        state["now"] -= 1
    return local.number


with ThreadPoolExecutor(max_workers=4) as pool:
    results = list(pool.map(work, range(12)))
reading, writing = os.pipe()
if (child := os.fork()) == 0:
    os.write(writing, type(client.list_queues()["QueueUrls"]).__name__.encode())
    os._exit(0)
os.waitpid(child, 0)
spawned = multiprocessing.get_context("spawn").Process(target=print, args=(client,))
python = {
    "pool": {"results": results, "most": state["most"]},
    "fork": os.read(reading, 100).decode(),
    "spawn": failure(spawned.start),
    "pickle": [failure(lambda: pickle.dumps(one)) is not None for one in (client, session, table)],
    "deepcopy": [failure(lambda: copy.deepcopy(one)) is not None for one in (client, session, table)],
    "to_thread": type(asyncio.run(asyncio.to_thread(client.list_queues))["QueueUrls"]).__name__,
}

# Logs

log = StringIO()
logger = logging.getLogger("botocore")
logger.addHandler(handler := logging.StreamHandler(log))
logger.setLevel(logging.DEBUG)
client.list_queues(QueueNamePrefix="of-the-log")
logger.removeHandler(handler)
python["logger"] = [word in log.getvalue() for word in ("of-the-log", "ListQueues", "Response body")]
stderr, sys.stderr = sys.stderr, StringIO()
session._session.set_debug_logger()
client.list_queues(QueueNamePrefix="of-the-log")
debug, sys.stderr = sys.stderr.getvalue(), stderr
logging.getLogger("").handlers.clear()
logging.getLogger("").setLevel(logging.WARNING)
logging.getLogger("botocore").setLevel(logging.WARNING)
for name in list(logging.Logger.manager.loggerDict):
    logging.getLogger(name).handlers.clear()
python["set_debug_logger"] = [word in debug for word in ("of-the-log", "ListQueues", "Response body")]

# Proxies and certificates

CERTIFICATES = Path(environ["CERTIFICATES"])
certificate = lambda name: str(CERTIFICATES / f"{name}.pem")
ONCE = {"retries": {"total_max_attempts": 1}}


def respond(url, verify=None, variables={}, **options):
    """What a server responds to one call, or the class of the error."""
    environ.update(variables)
    try:
        sqs = session.client("sqs", endpoint_url=url, verify=verify, config=Config(**ONCE, **options))
        return sqs.list_queues()["QueueUrls"]
    except BotoCoreError as error:
        return type(error).__name__
    finally:
        for name in variables:
            del environ[name]


tls, authority = environ["TLS_URL"], certificate("authority")
nowhere, proxy, tls_proxy = "http://nowhere.example", environ["PROXY_URL"], environ["TLS_PROXY_URL"]
own = (certificate("valid"), certificate("key"))
connections = {
    "proxies": respond(nowhere, proxies={"http": proxy}),
    "HTTP_PROXY": respond(nowhere, variables={"HTTP_PROXY": proxy}),
    "proxies_config": respond(
        tls,
        authority,
        proxies={"https": tls_proxy},
        proxies_config={"proxy_ca_bundle": authority, "proxy_client_cert": own},
    ),
    "proxies without proxies_config": respond(tls, authority, proxies={"https": tls_proxy}),
    "no verify": respond(tls),
    "verify": respond(tls, authority),
    "verify=False": respond(tls, False),
    "AWS_CA_BUNDLE": respond(tls, variables={"AWS_CA_BUNDLE": authority}),
    "REQUESTS_CA_BUNDLE": respond(tls, variables={"REQUESTS_CA_BUNDLE": authority}),
    "client_cert": respond(tls, authority, client_cert=own),
}
for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
    environ[name] = authority
    settings_of_requests = requests.Session().merge_environment_settings(tls, {}, None, None, None)
    connections[f"requests and {name}"] = settings_of_requests["verify"] == authority
    del environ[name]

# Shared config files

environ["AWS_CONFIG_FILE"], environ["AWS_SHARED_CREDENTIALS_FILE"] = environ["CONFIG"], environ["CREDENTIALS"]
shared = botocore.session.Session()
try:
    botocore.session.Session(profile="none").get_scoped_config()
except ProfileNotFound as error:
    missing = type(error).__name__

print(
    json.dumps(
        {
            "transfer": transfer,
            "TransferConfig": {name: getattr(TransferConfig(), name) for name in settings},
            "max_bandwidth": TransferConfig(max_bandwidth=1000).max_bandwidth,
            "resources": resources,
            "python": python,
            "connections": connections,
            "full_config": shared.full_config,
            "get_scoped_config": shared.get_scoped_config(),
            "profile that does not exist": missing,
        }
    )
)
