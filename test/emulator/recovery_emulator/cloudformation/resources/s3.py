"""AWS::S3."""

from collections.abc import Callable
from typing import Any

from recovery_emulator.cloudformation.errors import NotEmulated
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
from recovery_emulator.cloudformation.resources.s3_rules import lifecycle_rules, notifications, replication_rules

Part = Callable[[Any, str, Any], None]


def _versioning(client: Any, name: str, value: Any) -> None:
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration=value or {"Status": "Suspended"})


def _lifecycle(client: Any, name: str, value: Any) -> None:
    if value:
        client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": lifecycle_rules(value)})
    else:
        client.delete_bucket_lifecycle(Bucket=name)


def _lock(client: Any, name: str, value: Any) -> None:
    if value:
        call(client, "put_object_lock_configuration", {"Bucket": name, "ObjectLockConfiguration": value})


def _replication(client: Any, name: str, value: Any) -> None:
    if value:
        client.put_bucket_replication(
            Bucket=name, ReplicationConfiguration={"Role": value["Role"], "Rules": replication_rules(value)}
        )
    else:
        client.delete_bucket_replication(Bucket=name)


def _notification(client: Any, name: str, value: Any) -> None:
    client.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration=notifications(value or {}), SkipDestinationValidation=True
    )


def _public_access(client: Any, name: str, value: Any) -> None:
    if value:
        call(client, "put_public_access_block", {"Bucket": name, "PublicAccessBlockConfiguration": value})
    else:
        client.delete_public_access_block(Bucket=name)


def _encryption(client: Any, name: str, value: Any) -> None:
    if value is None:
        client.delete_bucket_encryption(Bucket=name)
        return
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault")
        key = {"BucketKeyEnabled": rule["BucketKeyEnabled"]} if "BucketKeyEnabled" in rule else {}
        rules.append({**({"ApplyServerSideEncryptionByDefault": default} if default else {}), **key})
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def _ownership(client: Any, name: str, value: Any) -> None:
    if value:
        client.put_bucket_ownership_controls(Bucket=name, OwnershipControls=value)


def _logging(client: Any, name: str, value: Any) -> None:
    enabled = (
        {"TargetBucket": value.get("DestinationBucketName", name), "TargetPrefix": value.get("LogFilePrefix", "")}
        if value
        else None
    )
    client.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled} if enabled else {})


def _cors(client: Any, name: str, value: Any) -> None:
    if value:
        rules = [
            {("ID" if k == "Id" else "MaxAgeSeconds" if k == "MaxAge" else k): v for k, v in r.items()}
            for r in value["CorsRules"]
        ]
        client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    else:
        client.delete_bucket_cors(Bucket=name)


_PARTS: dict[str, Part] = {
    "VersioningConfiguration": _versioning,
    "LifecycleConfiguration": _lifecycle,
    "ObjectLockConfiguration": _lock,
    "PublicAccessBlockConfiguration": _public_access,
    "BucketEncryption": _encryption,
    "OwnershipControls": _ownership,
    "LoggingConfiguration": _logging,
    "CorsConfiguration": _cors,
    "NotificationConfiguration": _notification,
    # Last: it needs versioning.
    "ReplicationConfiguration": _replication,
}


@handles("AWS::S3::Bucket")
class Bucket(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        unknown = set(properties) - set(_PARTS) - {"BucketName", "Tags", "ObjectLockEnabled", "AccessControl"}
        if unknown:
            raise NotEmulated(f"property {', '.join(sorted(unknown))} of AWS::S3::Bucket is not emulated")
        client = context.client("s3")
        name = properties.get("BucketName") or context.generated_name(63, lower=True)
        place = (
            {}
            if context.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": context.region}}
        )
        lock = {"ObjectLockEnabledForBucket": True} if properties.get("ObjectLockEnabled") else {}
        client.create_bucket(Bucket=name, **place, **lock)
        if properties.get("ObjectLockEnabled"):
            _versioning(client, name, {"Status": "Enabled"})
        for key, apply in _PARTS.items():
            if key in properties:
                apply(client, name, properties[key])
        tags = tag_list(properties, context.tags)
        if tags:
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
        return Made(name)

    def attribute(self, context: Context, made: Made, properties: Properties, name: str) -> Any:
        bucket = made.physical_id
        return {
            "Arn": f"arn:aws:s3:::{bucket}",
            "DomainName": f"{bucket}.s3.amazonaws.com",
            "RegionalDomainName": f"{bucket}.s3.{context.region}.amazonaws.com",
            "DualStackDomainName": f"{bucket}.s3.dualstack.{context.region}.amazonaws.com",
            "WebsiteURL": f"http://{bucket}.s3-website-{context.region}.amazonaws.com",
        }.get(name)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("s3")
        changed = only_changed(self, old, new, {*_PARTS, "Tags"})
        for key, apply in _PARTS.items():
            if key in changed:
                apply(client, made.physical_id, new.get(key))
        if "Tags" in changed:
            client.put_bucket_tagging(Bucket=made.physical_id, Tagging={"TagSet": tag_list(new, context.tags)})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("s3").delete_bucket(Bucket=made.physical_id))


@handles("AWS::S3::BucketPolicy")
class BucketPolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(
            context.client("s3"),
            "put_bucket_policy",
            {"Bucket": properties["Bucket"], "Policy": properties["PolicyDocument"]},
        )
        return Made(properties["Bucket"])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return self.create(context, new)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("s3").delete_bucket_policy(Bucket=made.physical_id))
