"""AWS::SecretsManager."""

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


@handles("AWS::SecretsManager::Secret")
class Secret(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("secretsmanager")
        value = properties.get("SecretString")
        if "GenerateSecretString" in properties:
            value = self._generate(client, properties["GenerateSecretString"])
        plain = {
            **properties,
            "Name": properties.get("Name") or context.generated_name(64),
            "Tags": tag_list(properties, context.tags),
        }
        if value is not None:
            plain["SecretString"] = value
        arn = call(client, "create_secret", plain, {"GenerateSecretString", "ReplicaRegions"})["ARN"]
        if properties.get("ReplicaRegions"):
            call(
                client,
                "replicate_secret_to_regions",
                {"SecretId": arn, "AddReplicaRegions": properties["ReplicaRegions"]},
            )
        return Made(arn, {"Id": arn})

    @staticmethod
    def _generate(client: Any, wanted: Properties) -> str:
        options = {k: v for k, v in wanted.items() if k not in ("SecretStringTemplate", "GenerateStringKey")}
        password = call(client, "get_random_password", options)["RandomPassword"]
        if "SecretStringTemplate" not in wanted:
            return str(password)
        return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("secretsmanager")
        changed = only_changed(self, old, new, {"Description", "KmsKeyId", "SecretString", "Tags"})
        plain = {k: new[k] for k in ("Description", "KmsKeyId") if k in new}
        if "SecretString" in changed and "SecretString" in new:
            plain["SecretString"] = new["SecretString"]
        call(client, "update_secret", {"SecretId": made.physical_id, **plain})
        if "Tags" in changed:
            client.untag_resource(SecretId=made.physical_id, TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(SecretId=made.physical_id, Tags=tag_list(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("secretsmanager").delete_secret(
                SecretId=made.physical_id, ForceDeleteWithoutRecovery=True
            )
        )


@handles("AWS::SecretsManager::SecretTargetAttachment")
class SecretTargetAttachment(Handler):
    """Writes the database's address into the secret."""

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("secretsmanager")
        kind, target = properties["TargetType"], properties["TargetId"]
        rds = context.client("rds")
        if kind == "AWS::RDS::DBInstance":
            database = rds.describe_db_instances(DBInstanceIdentifier=target)["DBInstances"][0]
            where = {
                "host": database["Endpoint"]["Address"],
                "port": database["Endpoint"]["Port"],
                "dbInstanceIdentifier": target,
            }
        elif kind == "AWS::RDS::DBCluster":
            database = rds.describe_db_clusters(DBClusterIdentifier=target)["DBClusters"][0]
            where = {"host": database["Endpoint"], "port": database["Port"], "dbClusterIdentifier": target}
        else:
            raise NotImplementedError(f"attachment to {kind}")
        value = json.loads(client.get_secret_value(SecretId=properties["SecretId"])["SecretString"])
        name = {"dbname": database["DBName"]} if database.get("DBName") else {}
        client.put_secret_value(
            SecretId=properties["SecretId"],
            SecretString=json.dumps({**value, **name, "engine": database["Engine"], **where}),
        )
        return Made(properties["SecretId"])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return self.create(context, new)


@handles("AWS::SecretsManager::ResourcePolicy")
class ResourcePolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("secretsmanager"), "put_resource_policy", properties)
        return Made(properties["SecretId"])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return self.create(context, new)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("secretsmanager").delete_resource_policy(SecretId=made.physical_id))
