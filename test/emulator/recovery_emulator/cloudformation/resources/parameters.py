"""AWS::SSM and AWS::ECR."""

import json
from typing import Any

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list


@handles("AWS::SSM::Parameter")
class Parameter(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("Name") or context.generated_name(1011)
        tags = [{"Key": k, "Value": str(v)} for k, v in {**context.tags, **(properties.get("Tags") or {})}.items()]
        call(
            context.client("ssm"),
            "put_parameter",
            {**properties, "Name": name, **({"Tags": tags} if tags else {})},
            set() if tags else {"Tags"},
        )
        return Made(name, {"Type": properties["Type"], "Value": properties["Value"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        call(context.client("ssm"), "put_parameter", {**new, "Name": made.physical_id, "Overwrite": True}, {"Tags"})
        return Made(made.physical_id, {"Type": new["Type"], "Value": new["Value"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ssm").delete_parameter(Name=made.physical_id))


@handles("AWS::ECR::Repository")
class Repository(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client, name = (
            context.client("ecr"),
            properties.get("RepositoryName") or context.generated_name(200, lower=True),
        )
        plain = {**properties, "RepositoryName": name, "Tags": tag_list(properties, context.tags)}
        arn = call(client, "create_repository", plain, {"RepositoryPolicyText", "LifecyclePolicy", "EmptyOnDelete"})[
            "repository"
        ]["repositoryArn"]
        self._set(client, name, properties)
        return Made(
            name, {"Arn": arn, "RepositoryUri": f"{context.account}.dkr.ecr.{context.region}.amazonaws.com/{name}"}
        )

    @staticmethod
    def _set(client: Any, name: str, properties: Properties) -> None:
        if "RepositoryPolicyText" in properties:
            client.set_repository_policy(repositoryName=name, policyText=json.dumps(properties["RepositoryPolicyText"]))
        if "LifecyclePolicy" in properties:
            client.put_lifecycle_policy(
                repositoryName=name, lifecyclePolicyText=properties["LifecyclePolicy"]["LifecyclePolicyText"]
            )

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"RepositoryPolicyText", "LifecyclePolicy"})
        self._set(context.client("ecr"), made.physical_id, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ecr").delete_repository(repositoryName=made.physical_id, force=True))
