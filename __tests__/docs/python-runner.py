"""Runs Python programs for program-runner.ts, each in a fork of this process, which has imported the packages that they need."""

import functools
import gc
import json
import os
import runpy
import socket
import sys

import boto3
import botocore.loaders
import echostream_botocore  # noqa: F401
import pycognito  # noqa: F401

# The descriptions of the services are read once.
load_file = functools.cache(botocore.loaders.JSONFileLoader().load_file)
botocore.loaders.JSONFileLoader.load_file = lambda _, path: load_file(path)
for service in ("cognito-idp", "dynamodb", "lambda", "s3", "sqs"):
    boto3.Session(region_name="us-east-1").client(service)
gc.freeze()

# A line of JSON for each program is what Node sends to a process that is no Node.
with socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"])) as channel, channel.makefile() as messages:
    for line in messages:
        child = os.fork()
        if child == 0:
            break
        _, status = os.waitpid(child, 0)
        for stream in (1, 2):
            os.write(stream, f"\0{os.waitstatus_to_exitcode(status)}\n".encode())
    else:
        sys.exit()

program = json.loads(line)
os.environ.clear()
os.environ.update(program["env"])
sys.argv = [program["file"]]
sys.path[0] = os.path.dirname(program["file"])
runpy.run_path(program["file"], run_name="__main__")
