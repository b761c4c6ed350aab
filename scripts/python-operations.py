"""Lists the operations of AWS whose names do not follow from boto3's, because boto3's have no acronyms:

npm run python && npm run python:operations
"""

import json
import re

import botocore.session
from botocore import xform_name

session = botocore.session.Session()
operations = {
    name[0].lower() + name[1:]
    for service in session.get_available_services()
    for name in session.get_service_model(service).operation_names
    if re.sub("_([a-z0-9])", lambda match: match[1].upper(), xform_name(name)) != name[0].lower() + name[1:]
}
print(json.dumps(sorted(operations), indent="\t"))
