"""Lists the public names of the Python packages that the porting guide has tables of:

npm run python && npm run python:sessions
"""

import inspect
import json
import re

import boto3.s3.transfer
import boto3.session
import botocore.client
import botocore.config
import botocore.paginate
import botocore.response
import botocore.session
import botocore.utils
import pycognito
import pycognito.aws_srp
import pycognito.exceptions
import pycognito.utils


def public_names(kind):
    assigned = re.findall(r"self\.([a-z]\w*)(?:\s*:[^=\n]+)?\s*=[^=]", inspect.getsource(kind))
    return sorted({name for name in [*dir(kind), *assigned] if not name.startswith("_")})


def package_of(service):
    """The package of a service in the AWS SDK for JavaScript, whose name is made of the service's ID."""
    model = session.get_service_model(service)
    return re.sub(r"[^a-z0-9]+", "-", str(model.service_id).lower())


def names_of(thing):
    return [name for name in dir(thing) if not name.startswith("_")]


def client_of(service):
    """What boto3 adds to the operations of a client, and the names that its methods receive."""
    client = boto3_session.client(service)
    operations = client.meta.method_to_api_mapping
    return {
        "names": [name for name in names_of(client) if name not in operations],
        "waiters": client.waiter_names,
        "paginators": sorted(name for name in operations if client.can_paginate(name)),
    }


session = botocore.session.Session()
boto3_session = boto3.session.Session("AK", "SK", region_name="us-east-1")
dynamodb, s3, sqs = (boto3_session.resource(name) for name in ("dynamodb", "s3", "sqs"))
defaults = inspect.signature(pycognito.utils.RequestsSrpAuth.__init__).parameters
print(
    json.dumps(
        {
            "botocore": {
                "version": botocore.__version__,
                "names": public_names(botocore.session.Session),
                "variables": sorted(botocore.session.Session.SESSION_VARIABLES),
                "config": sorted(botocore.config.Config.OPTION_DEFAULTS),
                "clientArguments": list(inspect.signature(botocore.session.Session.create_client).parameters)[2:],
                "client": public_names(botocore.client.BaseClient),
                "meta": public_names(botocore.client.ClientMeta),
                "paginator": public_names(botocore.paginate.Paginator),
                "pages": public_names(botocore.paginate.PageIterator),
                "body": public_names(botocore.response.StreamingBody),
                "eventAliases": botocore.utils.EVENT_ALIASES,
                "packages": {service: package_of(service) for service in session.get_available_services()},
            },
            "boto3": {
                "version": boto3.__version__,
                "names": public_names(boto3.session.Session),
                "clients": {service: client_of(service) for service in ("dynamodb", "lambda", "s3", "sns", "sqs")},
                "resources": {
                    "dynamodb": names_of(dynamodb),
                    "s3": names_of(s3),
                    "sqs": names_of(sqs),
                    "Table": names_of(dynamodb.Table("t")),
                    "BatchWriter": names_of(dynamodb.Table("t").batch_writer()),
                    "Bucket": names_of(s3.Bucket("b")),
                    "Object": names_of(s3.Object("b", "k")),
                    "ObjectSummary": names_of(s3.ObjectSummary("b", "k")),
                    "ObjectCollection": names_of(s3.Bucket("b").objects),
                    "Queue": names_of(sqs.Queue("q")),
                    "Message": names_of(sqs.Message("q", "h")),
                    "meta": names_of(sqs.meta),
                },
                "TransferConfig": names_of(boto3.s3.transfer.TransferConfig()),
            },
            "pycognito": {
                "Cognito": public_names(pycognito.Cognito),
                "AWSSRP": public_names(pycognito.aws_srp.AWSSRP),
                "exceptions": [name for name in public_names(pycognito.exceptions) if name[0].isupper()],
                "RequestsSrpAuth": {
                    name: parameter.default
                    for name, parameter in defaults.items()
                    if isinstance(parameter.default, str)
                },
            },
        },
        indent="\t",
    )
)
