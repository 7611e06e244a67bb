"""AWS::RDS: subnet groups and parameter groups."""

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
from recovery_emulator.cloudformation.resources.rds import api_of


@handles("AWS::RDS::DBSubnetGroup")
class DBSubnetGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = (properties.get("DBSubnetGroupName") or context.generated_name(255)).lower()
        call(
            context.client("rds"), "create_db_subnet_group", {**api_of(properties, context), "DBSubnetGroupName": name}
        )
        return Made(name)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"SubnetIds", "DBSubnetGroupDescription"})
        plain = {k: new[k] for k in ("SubnetIds", "DBSubnetGroupDescription")}
        call(context.client("rds"), "modify_db_subnet_group", {**plain, "DBSubnetGroupName": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("rds").delete_db_subnet_group(DBSubnetGroupName=made.physical_id))


@handles("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
class ParameterGroup(Handler):
    def _words(self) -> tuple[str, str, str]:
        if "Cluster" in self.type_name:
            return "db_cluster_parameter_group", "DBClusterParameterGroupName", "DBParameterGroupFamily"
        return "db_parameter_group", "DBParameterGroupName", "DBParameterGroupFamily"

    def create(self, context: Context, properties: Properties) -> Made:
        operation, name_key, family_key = self._words()
        name = (properties.get(name_key) or context.generated_name(255)).lower()
        plain = {
            name_key: name,
            family_key: properties["Family"],
            "Description": properties["Description"],
            "Tags": tag_list(properties, context.tags),
        }
        call(context.client("rds"), f"create_{operation}", plain)
        self._set(context, name, properties.get("Parameters", {}))
        return Made(name)

    def _set(self, context: Context, name: str, parameters: dict[str, Any]) -> None:
        operation, name_key, _ = self._words()
        listed = [
            {"ParameterName": k, "ParameterValue": str(v), "ApplyMethod": "pending-reboot"}
            for k, v in parameters.items()
        ]
        if listed:
            call(context.client("rds"), f"modify_{operation}", {name_key: name, "Parameters": listed})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Parameters"})
        self._set(context, made.physical_id, new.get("Parameters", {}))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        operation, name_key, _ = self._words()
        ignore_gone(lambda: getattr(context.client("rds"), f"delete_{operation}")(**{name_key: made.physical_id}))
