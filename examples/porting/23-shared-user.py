"""Sign in once, and use the user for two sessions and for the claims of its tokens."""

import json
from os import environ

from echostream_botocore import AppSession
from pycognito import Cognito

cognito = Cognito(
    user_pool_id=environ["USER_POOL_ID"],
    client_id=environ["CLIENT_ID"],
    username=environ["USER_NAME"],
)
cognito.authenticate(password=environ["PASSWORD"])
first = AppSession(cognito=cognito)
second = AppSession(cognito=cognito, duration=900)

token = cognito.access_token
keys = [one.get_credentials().get_frozen_credentials().access_key for one in (first, second)]
print(json.dumps({"different": keys[0] != keys[1], "same token": token == cognito.access_token}))
cognito.check_token(renew=True)
print(json.dumps({"use": cognito.access_claims["token_use"], "name": cognito.access_claims["username"]}))
print(json.dumps({"use": cognito.id_claims["token_use"], "type": cognito.token_type}))
