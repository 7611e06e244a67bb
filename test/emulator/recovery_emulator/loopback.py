"""Clients that talk to this very emulator, in any account and Region.

CloudFormation handlers, backup jobs and event targets go through the same front door as a test does, so every request
they make is checked against the service's API model as well.
"""

import functools
import os
import re
from typing import Any

import boto3
from botocore.config import Config

from recovery_emulator import DEFAULT_ACCOUNT

CONFIG = Config(
    retries={"max_attempts": 0},
    read_timeout=120,
    max_pool_connections=32,
    s3={"addressing_style": "path"},
    parameter_validation=True,
)
INTERNAL_HEADER = "x-emulator-internal"


def port() -> int:
    """The port of the running emulator."""
    return int(os.environ["MOTO_PORT"])


def url() -> str:
    """The base URL of the running emulator."""
    return f"http://127.0.0.1:{port()}"


def keep_host(made: Any) -> Any:
    """Some services put an account in front of the host; 127.0.0.1 has no names below it."""

    def straight(request: Any, **_: Any) -> None:
        request.url = re.sub(r"^http://[^/]*\.127\.0\.0\.1:", "http://127.0.0.1:", request.url)

    made.meta.events.register("before-sign", straight)
    return made


@functools.cache
def client(service: str, region: str, account: str = DEFAULT_ACCOUNT) -> Any:
    """A client of this emulator that acts as the service itself (so planted faults leave it alone)."""
    return _made(service, region, account, {INTERNAL_HEADER: "1"})


@functools.cache
def visible_client(service: str, region: str, account: str = DEFAULT_ACCOUNT) -> Any:
    """The same for what one service asks of another, where planted faults strike."""
    return _made(service, region, account, {})


def _made(service: str, region: str, account: str, headers: dict[str, str]) -> Any:
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=url(),
        aws_access_key_id="emulator",
        aws_secret_access_key="emulator",
        config=CONFIG,
    )

    def sign(request: Any, **_: Any) -> None:
        for name, value in {"x-moto-account-id": account, **headers}.items():
            request.headers[name] = value

    made.meta.events.register("before-sign", sign)
    return keep_host(made)


def role_credentials(role_arn: str, region: str, session: str) -> dict[str, str]:
    """Temporary credentials of a role, as the Lambda and Step Functions services hand them out."""
    account = role_arn.split(":")[4] or DEFAULT_ACCOUNT
    issued = client("sts", region, account).assume_role(RoleArn=role_arn, RoleSessionName=session[:64])["Credentials"]
    return {
        "aws_access_key_id": issued["AccessKeyId"],
        "aws_secret_access_key": issued["SecretAccessKey"],
        "aws_session_token": issued["SessionToken"],
    }
