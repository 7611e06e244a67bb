"""Reads and checks the request for a stack: everything that CloudFormation refuses before it starts."""

import re
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback
from recovery_emulator.cloudformation import plan
from recovery_emulator.cloudformation.errors import TemplateError
from recovery_emulator.cloudformation.model import Stack
from recovery_emulator.cloudformation.scope import StackScope, check_rules, resolve_parameters
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_MAX_INLINE_BYTES = 51_200
_NAMED_IAM = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Group": "GroupName",
}


def read_template(call: Call, params: Params, stack: Stack | None = None) -> Template:
    """The template of a request: in its body, in S3, or the one that the stack has."""
    if params.get("UsePreviousTemplate"):
        if stack is None or stack.template is None:
            raise TemplateError("No previous template")
        return stack.template
    if "TemplateURL" in params:
        return Template(read_url(call, params["TemplateURL"]))
    if "TemplateBody" not in params:
        raise TemplateError("Either Template URL or Template Body must be specified.")
    if len(params["TemplateBody"].encode()) > _MAX_INLINE_BYTES:
        raise TemplateError(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"
        )
    return Template(params["TemplateBody"])


def read_url(call: Call, url: str) -> str:
    """A template in S3, by any of the URL forms."""
    match = re.match(r"https?://(?:([^./]+)\.)?[^/]*?(?:amazonaws\.com|127\.0\.0\.1:\d+|localhost:\d+)/(.+)", url)
    if match is None:
        raise TemplateError(f"TemplateURL must reference a valid S3 object: {url}")
    host_bucket, path = match.groups()
    bucket, key = (
        (host_bucket, path)
        if host_bucket and not host_bucket.startswith("s3") and host_bucket != "127"
        else path.split("/", 1)
    )
    try:
        body = loopback.client("s3", call.region, call.account).get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as refused:
        raise TemplateError(f"S3 error: {refused}") from refused
    return str(body.decode())


def prepare(stack: Stack, template: Template, params: Params) -> Params:
    """Checks everything that CloudFormation refuses before it starts, and resolves the parameters."""
    plan.check_types(template, stack.region)
    given = {}
    for parameter in params.get("Parameters") or []:
        key = parameter["ParameterKey"]
        if parameter.get("UsePreviousValue"):
            if key in stack.given_parameters:
                given[key] = stack.given_parameters[key]
        else:
            given[key] = parameter.get("ParameterValue", "")
    values = resolve_parameters(stack, template, given)
    _check_capabilities(template, params.get("Capabilities") or [])
    check_rules(StackScope(stack, template, values, {}), template)
    stack.given_parameters = given
    return values


def _check_capabilities(template: Template, capabilities: list[str]) -> None:
    types = {n: r for n, r in template.resources.items() if r["Type"].startswith("AWS::IAM::")}
    named = [n for n, r in types.items() if _NAMED_IAM.get(r["Type"], "-") in (r.get("Properties") or {})]
    if named and "CAPABILITY_NAMED_IAM" not in capabilities:
        raise ServiceError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
    if types and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(capabilities):
        raise ServiceError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
