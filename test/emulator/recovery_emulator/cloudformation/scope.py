"""Resolves the values of a stack's template against its parameters, resources and surroundings."""

import json
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback, regions
from recovery_emulator.cloudformation.errors import ResourceFailure, TemplateError
from recovery_emulator.cloudformation.handlers import HANDLERS
from recovery_emulator.cloudformation.intrinsics import Resolver
from recovery_emulator.cloudformation.model import STORE, Resource, Stack
from recovery_emulator.cloudformation.template import Template


class StackScope:
    """The scope of one stack under one template and one set of parameter values."""

    def __init__(
        self, stack: Stack, template: Template, parameters: dict[str, Any], resources: dict[str, Resource]
    ) -> None:
        self._stack, self._template, self._parameters = stack, template, parameters
        self._resources = resources
        self._conditions: dict[str, bool] = {}
        self.resolver = Resolver(self)

    def ref(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self._stack.account,
            "AWS::Region": self._stack.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackId": self._stack.id,
            "AWS::StackName": self._stack.name,
            "AWS::NotificationARNs": self._stack.notification_arns,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        if name in self._resources:
            return self._resources[name].made.physical_id
        raise TemplateError(f"Template format error: Unresolved resource dependencies [{name}] in the template")

    def attribute(self, name: str, attribute: str) -> Any:
        resource = self._resources.get(name)
        if resource is None:
            raise TemplateError(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        if attribute in resource.made.attributes:
            return resource.made.attributes[attribute]
        handler = HANDLERS.get(resource.type_name)
        if handler is not None:
            context = self._stack.context(name, resource.type_name)
            value = handler.attribute(context, resource.made, resource.properties, attribute)
            if value is not None:
                return value
        if attribute in resource.properties:
            return resource.properties[attribute]
        raise ResourceFailure(
            f"{resource.type_name} has no attribute {attribute} (Fn::GetAtt of {name}), or it is not emulated"
        )

    def condition(self, name: str) -> bool:
        if name not in self._conditions:
            if name not in self._template.conditions:
                raise TemplateError(f"Template error: unresolved condition dependency {name}")
            self._conditions[name] = bool(self.resolver.resolve(self._template.conditions[name]))
        return self._conditions[name]

    def mapping(self, name: str) -> dict[str, Any]:
        if name not in self._template.mappings:
            raise TemplateError(
                f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
            )
        return dict(self._template.mappings[name])

    def imported(self, name: str) -> Any:
        found = STORE.exports(self._stack.account, self._stack.region).get(name)
        if found is None:
            raise TemplateError(f"No export named {name} found.")
        return found[1].value

    def stack_output(self, wanted: dict[str, Any]) -> Any:
        region = wanted.get("Region") or self._stack.region
        regions.require(region)
        account = (wanted.get("RoleArn") or f":::: {self._stack.account}").split(":")[4].strip()
        stack = STORE.find(account, region, wanted["StackName"])
        output = stack.outputs.get(wanted["OutputName"]) if stack else None
        if output is None:
            raise TemplateError(
                f"Output {wanted['OutputName']} of stack {wanted['StackName']} in {region} does not exist"
            )
        return output.value

    def dynamic(self, service: str, reference: str) -> str:
        try:
            if service == "secretsmanager":
                return self._secret(reference)
            client = loopback.client("ssm", self._stack.region, self._stack.account)
            return str(client.get_parameter(Name=reference.split(":")[0], WithDecryption=True)["Parameter"]["Value"])
        except ClientError as refused:
            raise ResourceFailure(f"Could not resolve {{{{resolve:{service}:{reference}}}}}: {refused}") from refused

    def _secret(self, reference: str) -> str:
        parts = reference.split(":")
        width = 7 if reference.startswith("arn:") else 1
        secret_id, (kind, key, stage, version) = ":".join(parts[:width]), (*parts[width:], "", "", "", "")[:4]
        wanted = {"SecretId": secret_id}
        if stage:
            wanted["VersionStage"] = stage
        if version:
            wanted["VersionId"] = version
        region = parts[3] if width == 7 else self._stack.region
        text = loopback.client("secretsmanager", region, self._stack.account).get_secret_value(**wanted)["SecretString"]
        if kind not in ("", "SecretString"):
            raise ResourceFailure(f"a secret has no {kind}")
        return str(json.loads(text)[key]) if key else str(text)


def resolve_parameters(stack: Stack, template: Template, given: dict[str, str]) -> dict[str, Any]:
    """The parameter values of a template: given, default, or looked up in SSM."""
    unknown = set(given) - set(template.parameters)
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(sorted(unknown))}] do not exist in the template")
    values: dict[str, Any] = {}
    missing = []
    for name, declared in template.parameters.items():
        value = given.get(name, declared.get("Default"))
        if value is None:
            missing.append(name)
            continue
        values[name] = _typed(stack, name, declared, value)
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    return values


def _typed(stack: Stack, name: str, declared: dict[str, Any], value: Any) -> Any:
    kind, text = declared.get("Type", "String"), str(value)
    allowed = [str(v) for v in declared.get("AllowedValues", [])]
    if allowed and text not in allowed:
        raise TemplateError(f"Parameter '{name}' must be one of AllowedValues")
    if kind.startswith("AWS::SSM::Parameter::Value"):
        client = loopback.client("ssm", stack.region, stack.account)
        try:
            text = client.get_parameter(Name=text, WithDecryption=True)["Parameter"]["Value"]
        except ClientError as refused:
            raise TemplateError(
                f"Unable to fetch parameters [{value}] from parameter store for this account."
            ) from refused
        kind = kind.removeprefix("AWS::SSM::Parameter::Value<").removesuffix(">")
    if kind == "Number":
        try:
            float(text)
        except ValueError as problem:
            raise TemplateError(f"Parameter '{name}' must be a number") from problem
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in text.split(",")]
    return text


def check_rules(scope: StackScope, template: Template) -> None:
    """Refuses parameter values that the template's Rules forbid."""
    for name, rule in template.rules.items():
        if "RuleCondition" in rule and not scope.resolver.resolve(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not scope.resolver.resolve(assertion["Assert"]):
                raise TemplateError(f"Template constraint violated: {assertion.get('AssertDescription', name)}")
