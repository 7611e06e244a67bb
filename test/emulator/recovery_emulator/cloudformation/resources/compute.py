"""AWS::Lambda."""

import io
import re
import zipfile

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import accepts, call, tag_map


def _code(wanted: Properties, runtime: str) -> Properties:
    """Inline code becomes an archive with one file, index."""
    if "ZipFile" not in wanted:
        return wanted
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py" if runtime.startswith("python") else "index.js", wanted["ZipFile"])
    return {"ZipFile": packed.getvalue()}


@handles("AWS::Lambda::Function")
class Function(Handler):
    # moto takes no notice of these, and neither does the emulator's runtime.
    inert = frozenset({"RecursiveLoop", "RuntimeManagementConfig", "SnapStart"})

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("lambda")
        name = properties.get("FunctionName") or context.generated_name(64)
        plain = {
            **properties,
            "FunctionName": name,
            "Code": _code(properties["Code"], properties.get("Runtime", "")),
            "Tags": tag_map(properties, context.tags),
        }
        made = call(client, "create_function", plain, {"ReservedConcurrentExecutions", *self.inert})
        if "ReservedConcurrentExecutions" in properties:
            self._reserve(context, name, properties)
        return Made(name, {"Arn": made["FunctionArn"]})

    @staticmethod
    def _reserve(context: Context, name: str, properties: Properties) -> None:
        client, count = context.client("lambda"), properties.get("ReservedConcurrentExecutions")
        if count is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(count))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("lambda")
        names = accepts(client, "update_function_configuration")
        apart = {"Code", "Tags", "Architectures", "ReservedConcurrentExecutions"}
        changed = only_changed(self, old, new, {k for k in {*old, *new} if k.lower() in names} | apart)
        if changed & {"Code", "Architectures"}:
            call(
                client,
                "update_function_code",
                {"FunctionName": made.physical_id, **_code(new["Code"], new.get("Runtime", ""))},
            )
        plain = {k: new[k] for k in changed - apart if k in new}
        if plain:
            call(client, "update_function_configuration", {**plain, "FunctionName": made.physical_id})
        if "ReservedConcurrentExecutions" in changed:
            self._reserve(context, made.physical_id, new)
        if "Tags" in changed:
            client.untag_resource(Resource=made.attributes["Arn"], TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(Resource=made.attributes["Arn"], Tags=tag_map(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("lambda").delete_function(FunctionName=made.physical_id))


@handles("AWS::Lambda::Permission")
class Permission(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        statement = re.sub(r"[^A-Za-z0-9-_]", "-", context.generated_name(100))
        call(context.client("lambda"), "add_permission", {**properties, "StatementId": statement})
        return Made(statement, {"Id": statement})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("lambda").remove_permission(
                FunctionName=properties["FunctionName"], StatementId=made.physical_id
            )
        )


def _provision(context: Context, name: str, qualifier: str, properties: Properties) -> None:
    wanted = properties.get("ProvisionedConcurrencyConfig")
    where = {"FunctionName": name, "Qualifier": qualifier}
    client = context.client("lambda")
    if wanted is None:
        client.delete_provisioned_concurrency_config(**where)
    else:
        call(client, "put_provisioned_concurrency_config", {**where, **wanted})


@handles("AWS::Lambda::Version")
class Version(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        version = call(context.client("lambda"), "publish_version", properties, {"ProvisionedConcurrencyConfig"})
        if "ProvisionedConcurrencyConfig" in properties:
            _provision(context, properties["FunctionName"], version["Version"], properties)
        return Made(version["FunctionArn"], {"FunctionArn": version["FunctionArn"], "Version": version["Version"]})


@handles("AWS::Lambda::Alias")
class Alias(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        alias = call(context.client("lambda"), "create_alias", properties, {"ProvisionedConcurrencyConfig"})
        if "ProvisionedConcurrencyConfig" in properties:
            _provision(context, properties["FunctionName"], properties["Name"], properties)
        return Made(alias["AliasArn"], {"AliasArn": alias["AliasArn"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        allowed = {"FunctionVersion", "Description", "RoutingConfig", "ProvisionedConcurrencyConfig"}
        changed = only_changed(self, old, new, allowed)
        plain = {k: new[k] for k in changed - {"ProvisionedConcurrencyConfig"} if k in new}
        where = {"FunctionName": new["FunctionName"], "Name": new["Name"]}
        call(context.client("lambda"), "update_alias", {**plain, **where})
        if "ProvisionedConcurrencyConfig" in changed:
            _provision(context, new["FunctionName"], new["Name"], new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {k: properties[k] for k in ("FunctionName", "Name")}
        ignore_gone(lambda: context.client("lambda").delete_alias(**where))


@handles("AWS::Lambda::LayerVersion")
class LayerVersion(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        plain = {**properties, "LayerName": properties.get("LayerName") or context.generated_name(64)}
        arn = call(context.client("lambda"), "publish_layer_version", plain)["LayerVersionArn"]
        return Made(arn, {"LayerVersionArn": arn})


@handles("AWS::Lambda::EventSourceMapping")
class EventSourceMapping(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        made = call(context.client("lambda"), "create_event_source_mapping", properties)["UUID"]
        return Made(made, {"Id": made})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("lambda").delete_event_source_mapping(UUID=made.physical_id))


@handles("AWS::Lambda::EventInvokeConfig")
class EventInvokeConfig(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("lambda"), "put_function_event_invoke_config", properties)
        return Made(f"{properties['FunctionName']}|{properties['Qualifier']}")

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self.create(context, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {k: properties[k] for k in ("FunctionName", "Qualifier")}
        ignore_gone(lambda: context.client("lambda").delete_function_event_invoke_config(**where))
