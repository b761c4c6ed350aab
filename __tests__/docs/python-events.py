"""Prints which handlers botocore calls in which order, and what they get, for __tests__/sessions/events.test.ts."""

import json
from itertools import product
from os import environ

from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.hooks import HierarchicalEmitter
from echostream_botocore import ApiSession

session = ApiSession()
EVENT = "before-call.dynamodb.PutItem"
names = ["before-call", "*"], ["dynamodb", "*"], ["PutItem", "*"]
PATTERNS = sorted(".".join(name) for count in (1, 2, 3) for name in product(*names[:count]))
# One of its own, because that of a session has handlers of botocore.
emitter = HierarchicalEmitter()
called = []
for _ in range(2):
    for pattern in PATTERNS:
        emitter.register(pattern, lambda pattern=pattern, **_: called.append(pattern))
emitter.emit(EVENT)
order = list(called)


def first(**_):
    called.append("first")


def second(**_):
    called.append("second")


def after(change):
    """What is called for an event after some changes of its handlers."""
    called.clear()
    change()
    emitter.emit("after-call.sqs.SendMessage")
    emitter.unregister("after-call", first)
    emitter.unregister("after-call", first)
    emitter.unregister("after-call", second)
    return list(called)


def twice():
    emitter.register("after-call", first)
    emitter.register("after-call", second)
    emitter.register("after-call", first)


def twice_and_removed():
    twice()
    emitter.unregister("after-call", first)


def same_id():
    emitter.register("after-call", first, "one")
    emitter.register("after-call", second, "one")


def removed_by_id():
    emitter.register("after-call", first, "two")
    emitter.unregister("after-call", unique_id="two")
    emitter.unregister("after-call", unique_id="two")


def unknown():
    emitter.unregister("after-call", second)


def id_kept():
    emitter.register("after-call", first, "three")
    emitter.unregister("after-call", first)
    emitter.register("after-call", second, "three")


def id_of_another_name():
    emitter.register("after-call", first, "four")
    emitter.unregister("after-call.sqs", unique_id="four")
    emitter.register("after-call", second, "four")


changes = {
    change.__name__: after(change)
    for change in (twice, twice_and_removed, same_id, removed_by_id, unknown, id_kept, id_of_another_name)
}

EVENTS = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "request-created",
    "before-sign",
    "before-send",
    "response-received",
    "after-call",
    "after-call-error",
]
log = []


def record(event_name, parsed=None, parsed_response=None, **_):
    error = (parsed or parsed_response or {}).get("Error", {}).get("Code")
    log.append(f"{event_name} {error}" if error else event_name)


calls = {}


def call(title, table=environ["TABLE"], **options):
    retries = Config(retries={"mode": "standard", "total_max_attempts": options.pop("attempts", 3)})
    client = session.create_client("dynamodb", region_name=environ["REGION"], config=retries, **options)
    for event in EVENTS:
        client.meta.events.register(event, record)
    log.clear()
    try:
        client.get_item(TableName=table, Key={"pk": {"S": "a"}, "sk": {"S": "1"}})
    except (ClientError, EndpointConnectionError):
        pass
    calls[title] = list(log)


# The tenant has a fault for the second GetItem.
call("succeeds")
call("succeeds at the second attempt")
call("is rejected by the service", table="missing")
call("gets no response", endpoint_url="http://127.0.0.1:1", attempts=1)

client = session.create_client("s3", region_name=environ["REGION"])
for event in EVENTS:
    client.meta.events.register(event, record)
log.clear()
client.generate_presigned_url("get_object", Params={"Bucket": "a", "Key": "b"})
calls["presigns a URL"] = list(log)



def existing_and_new():
    """Which of a client that was there before the handler, and of a later one, the handler of a session is called for."""
    names = []
    handler = lambda model, **_: names.append(model.name)
    before = session.create_client("sqs", region_name=environ["REGION"])
    session.register("before-call.sqs", handler)
    after = session.create_client("sqs", region_name=environ["REGION"])
    before.list_queues()
    registered = [len(names)]
    after.list_queues()
    registered.append(len(names))
    session.unregister("before-call.sqs", handler)
    after.list_queues()
    return {"the client before": registered[0], "both": registered[1], "after unregister": len(names)}


print(json.dumps({"clients": existing_and_new(), "patterns": PATTERNS, "order": order, "changes": changes, "calls": calls}))
