"""Lists the public attributes and methods of the two sessions that docs/porting.md has tables of:

npm run python && npm run python:sessions
"""

import inspect
import json
import re

import boto3.session
import botocore.session


def public_names(session):
    assigned = re.findall(r"self\.([a-z]\w*)\s*=[^=]", inspect.getsource(session))
    return sorted({name for name in [*dir(session), *assigned] if not name.startswith("_")})


print(
    json.dumps(
        {
            "botocore": {
                "version": botocore.__version__,
                "names": public_names(botocore.session.Session),
                "variables": sorted(botocore.session.Session.SESSION_VARIABLES),
            },
            "boto3": {
                "version": boto3.__version__,
                "names": public_names(boto3.session.Session),
            },
        },
        indent="\t",
    )
)
