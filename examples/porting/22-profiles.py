"""Read the profiles of the shared config file, and use one of them."""

import json
from os import environ
from tempfile import NamedTemporaryFile

from echostream_botocore import ApiSession

with NamedTemporaryFile("w", suffix=".ini", delete=False) as file:
    file.write("[default]\nregion = eu-west-1\n[profile far]\nregion = ap-south-1\noutput = json\n")
environ["AWS_CONFIG_FILE"] = file.name

session = ApiSession()
print(json.dumps(sorted(session.available_profiles)))
session.set_config_variable("profile", "far")
print(json.dumps(session.get_scoped_config(), sort_keys=True))
print(json.dumps(session.get_config_variable("region")))
sqs = session.create_client("sqs")
print(json.dumps(sqs.meta.region_name))
