"""AWS::IAM."""

import json
from typing import Any

from botocore.exceptions import ClientError

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


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@handles("AWS::IAM::Role")
class Role(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client, name = context.client("iam"), properties.get("RoleName") or context.generated_name(64)
        plain = {**properties, "RoleName": name, "Tags": tag_list(properties, context.tags)}
        role = call(client, "create_role", plain, {"Policies", "ManagedPolicyArns"})["Role"]
        for policy in properties.get("Policies", []):
            client.put_role_policy(
                RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=_document(policy["PolicyDocument"])
            )
        for arn in properties.get("ManagedPolicyArns", []):
            client.attach_role_policy(RoleName=name, PolicyArn=arn)
        return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client, name = context.client("iam"), made.physical_id
        allowed = {
            "AssumeRolePolicyDocument",
            "Policies",
            "ManagedPolicyArns",
            "Description",
            "MaxSessionDuration",
            "Tags",
            "PermissionsBoundary",
        }
        changed = only_changed(self, old, new, allowed)
        if "AssumeRolePolicyDocument" in changed:
            client.update_assume_role_policy(RoleName=name, PolicyDocument=_document(new["AssumeRolePolicyDocument"]))
        if changed & {"Description", "MaxSessionDuration"}:
            call(
                client,
                "update_role",
                {"RoleName": name, **{k: new[k] for k in ("Description", "MaxSessionDuration") if k in new}},
            )
        if "Policies" in changed:
            for policy in old.get("Policies", []):
                client.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
            for policy in new.get("Policies", []):
                client.put_role_policy(
                    RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=_document(policy["PolicyDocument"])
                )
        for arn in set(old.get("ManagedPolicyArns", [])) - set(new.get("ManagedPolicyArns", [])):
            client.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in set(new.get("ManagedPolicyArns", [])) - set(old.get("ManagedPolicyArns", [])):
            client.attach_role_policy(RoleName=name, PolicyArn=arn)
        if "PermissionsBoundary" in changed and "PermissionsBoundary" in new:
            client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=new["PermissionsBoundary"])
        if "Tags" in changed:
            client.untag_role(RoleName=name, TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_role(RoleName=name, Tags=tag_list(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        client, name = context.client("iam"), made.physical_id
        try:
            for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
                client.delete_role_policy(RoleName=name, PolicyName=policy)
            for policy in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        except ClientError:
            return
        ignore_gone(lambda: client.delete_role(RoleName=name))


@handles("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
class InlinePolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        self._put(context, properties)
        return Made(context.generated_name(64))

    @staticmethod
    def _put(context: Context, properties: Properties) -> None:
        client, name = context.client("iam"), properties["PolicyName"]
        document = _document(properties["PolicyDocument"])
        for role in properties.get("Roles", []) or ([properties["RoleName"]] if "RoleName" in properties else []):
            client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
        for user in properties.get("Users", []):
            client.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document)
        for group in properties.get("Groups", []):
            client.put_group_policy(GroupName=group, PolicyName=name, PolicyDocument=document)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self._put(context, new)
        gone = {
            k: [x for x in old.get(k, []) if x not in new.get(k, []) or old["PolicyName"] != new["PolicyName"]]
            for k in ("Roles", "Users", "Groups")
        }
        self.delete(context, made, {**gone, "PolicyName": old["PolicyName"]})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        client, name = context.client("iam"), properties["PolicyName"]
        for role in properties.get("Roles", []) or ([properties["RoleName"]] if "RoleName" in properties else []):
            ignore_gone(lambda role=role: client.delete_role_policy(RoleName=role, PolicyName=name))  # type: ignore[misc]
        for user in properties.get("Users", []):
            ignore_gone(lambda user=user: client.delete_user_policy(UserName=user, PolicyName=name))  # type: ignore[misc]
        for group in properties.get("Groups", []):
            ignore_gone(lambda group=group: client.delete_group_policy(GroupName=group, PolicyName=name))  # type: ignore[misc]


@handles("AWS::IAM::ManagedPolicy")
class ManagedPolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("iam")
        name = properties.get("ManagedPolicyName") or context.generated_name(128)
        path = {"Path": properties["Path"]} if "Path" in properties else {}
        text = {"Description": properties["Description"]} if "Description" in properties else {}
        arn = client.create_policy(
            PolicyName=name, PolicyDocument=_document(properties["PolicyDocument"]), **path, **text
        )["Policy"]["Arn"]
        for role in properties.get("Roles", []):
            client.attach_role_policy(RoleName=role, PolicyArn=arn)
        for kind in ("Users", "Groups"):
            if properties.get(kind):
                raise NotImplementedError(f"{kind} of a managed policy")
        return Made(arn, {"PolicyArn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("iam")
        changed = only_changed(self, old, new, {"PolicyDocument", "Roles"})
        if "PolicyDocument" in changed:
            version = client.get_policy(PolicyArn=made.physical_id)["Policy"]["DefaultVersionId"]
            client.create_policy_version(
                PolicyArn=made.physical_id, PolicyDocument=_document(new["PolicyDocument"]), SetAsDefault=True
            )
            client.delete_policy_version(PolicyArn=made.physical_id, VersionId=version)
        for role in set(old.get("Roles", [])) - set(new.get("Roles", [])):
            client.detach_role_policy(RoleName=role, PolicyArn=made.physical_id)
        for role in set(new.get("Roles", [])) - set(old.get("Roles", [])):
            client.attach_role_policy(RoleName=role, PolicyArn=made.physical_id)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        client = context.client("iam")
        for role in properties.get("Roles", []):
            ignore_gone(lambda role=role: client.detach_role_policy(RoleName=role, PolicyArn=made.physical_id))  # type: ignore[misc]
        ignore_gone(lambda: client.delete_policy(PolicyArn=made.physical_id))


@handles("AWS::IAM::InstanceProfile")
class InstanceProfile(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("iam")
        name = properties.get("InstanceProfileName") or context.generated_name(128)
        profile = client.create_instance_profile(InstanceProfileName=name, Path=properties.get("Path", "/"))[
            "InstanceProfile"
        ]
        for role in properties["Roles"]:
            client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
        return Made(name, {"Arn": profile["Arn"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("iam")
        for role in old["Roles"]:
            client.remove_role_from_instance_profile(InstanceProfileName=made.physical_id, RoleName=role)
        for role in new["Roles"]:
            client.add_role_to_instance_profile(InstanceProfileName=made.physical_id, RoleName=role)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        client = context.client("iam")
        for role in properties["Roles"]:
            ignore_gone(
                lambda role=role: client.remove_role_from_instance_profile(
                    InstanceProfileName=made.physical_id, RoleName=role
                )
            )  # type: ignore[misc]
        ignore_gone(lambda: client.delete_instance_profile(InstanceProfileName=made.physical_id))
