"""Runs two nodes with echostream-node: one sends a message and bulk data over an edge, the other receives both and audits."""

import gzip
import json
import os
import sys
from os import environ
from threading import Event
from urllib.request import urlopen

from echostream_node.threading import AppNode

received = []
is_done = Event()


class Receiver(AppNode):
    def handle_received_message(self, *, message, source):
        received.append({"body": message.body, "source": source, "group": message.group_id})
        self.audit_message(message, source=source)
        if len(received) == 2:
            is_done.set()


def node(kind, name):
    return kind(
        name=environ[f"{name}_NODE"],
        password=environ[f"{name}_PASSWORD"],
        username=environ[f"{name}_USER_NAME"],
    )


sender, receiver = node(AppNode, "SENDER"), node(Receiver, "RECEIVER")
sender.start()
receiver.start()
ticket = sender.handle_bulk_data(b"much data" * 1000)
sender.send_messages([sender.create_message("hello"), sender.create_message(ticket)])
if not is_done.wait(60):
    sys.exit(f"Only {len(received)} messages arrived")
data = urlopen(received[1]["body"]).read()
print(
    json.dumps(
        {
            "app": sender.app,
            "targets": [target.name for target in sender.targets],
            "sources": [source.name for source in receiver.sources],
            "received": [received[0], {**received[1], "body": len(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)}],
            "messageType": sender.send_message_type and sender.send_message_type.name,
            "audit": receiver.audit,
        }
    ),
    flush=True,
)
receiver.stop()
super(AppNode, receiver).join()
os._exit(0)  # without the rest of a long poll
