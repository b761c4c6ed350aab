"""Set properties of a session and read them."""

import json
from os import environ

from botocore.config import Config
from echostream_botocore import ApiSession

session = ApiSession(duration=900)
session.user_agent_name, session.user_agent_version = "report-maker", "2.1"
session.set_config_variable("region", environ["REGION"])
session.set_default_client_config(Config(retries={"total_max_attempts": 1}))

print(json.dumps({"region": session.get_config_variable("region"), "profile": session.profile}))
sqs = session.create_client("sqs")
print(json.dumps({"region": sqs.meta.region_name}))
credentials = session.get_credentials()
print(json.dumps({"method": credentials.method, "refresh": credentials.refresh_needed()}))

sent = []
sqs.meta.events.register("before-send", lambda request, **_: sent.append(request))
sqs.list_queues()
user_agent = sent[0].headers["User-Agent"].decode()
print(json.dumps({"named": user_agent.startswith("report-maker/2.1")}))

frozen = credentials.get_frozen_credentials()
session.set_credentials(frozen.access_key, frozen.secret_key, frozen.token)
print(json.dumps({"frozen": frozen.token is not None}))
