"""Signs in with pycognito, verifies and renews the tokens, passes a second factor, and signs out everywhere."""

import json
from os import environ

from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import SoftwareTokenMFAChallengeException
from totp import code_of


def user(name):
    return Cognito(
        client_id=environ["CLIENT_ID"],
        user_pool_id=environ["USER_POOL_ID"],
        username=name,
    )


def failure(call, *args, **named):
    try:
        call(*args, **named)
    except ClientError as error:
        return error.response["Error"]
    return None


one = user(environ["USER_NAME"])
one.authenticate(password=environ["PASSWORD"])
one.verify_tokens()
first = one.access_token
one.renew_access_token()
one.verify_tokens()
name = one.get_user().username
wrong = failure(user(environ["USER_NAME"]).authenticate, password="Wrong-1!")

other = user(environ["USER_NAME"])
other.authenticate(password=environ["PASSWORD"])
other.logout()
signed_out = failure(one.renew_access_token)

second = user(environ["MFA_USER_NAME"])
try:
    second.authenticate(password=environ["MFA_PASSWORD"])
except SoftwareTokenMFAChallengeException as challenge:
    second.respond_to_software_token_mfa_challenge(
        code_of(environ["MFA_SECRET"]), challenge.get_tokens()
    )
second.verify_tokens()

print(
    json.dumps(
        {
            "name": name,
            "isRenewed": one.access_token != first,
            "wrong": wrong,
            "signedOut": signed_out,
            "mfaName": second.get_user().username,
        }
    )
)
