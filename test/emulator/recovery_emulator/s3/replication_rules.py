"""Replication rules: what a configuration says, and which of its rules take an object where."""

from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import FakeBucket

from recovery_emulator.registry import after
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.service_api.calls import Call

Params = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """One rule, with what the two versions of the format leave out filled in."""

    id: str
    priority: int
    enabled: bool
    prefix: str
    destination: str
    tags: dict[str, str] = field(default_factory=dict)
    delete_markers: bool = False
    account: str | None = None
    storage_class: str | None = None
    replica_key: str | None = None
    owner_override: bool = False
    kms_objects: bool = False
    replica_modifications: bool = False
    metrics: bool = False
    time_control: bool = False

    def fits(self, key: str, tags: dict[str, str]) -> bool:
        """Whether an object is one that the rule speaks of."""
        return self.enabled and key.startswith(self.prefix) and self.tags.items() <= tags.items()


def is_on(part: Params | None) -> bool:
    """Whether a part of a rule that has a status is enabled."""
    return (part or {}).get("Status") == "Enabled"


def filter_of(rule: Params) -> tuple[str, dict[str, str]]:
    """The prefix and the tags that a rule filters by."""
    wanted = rule.get("Filter") or {}
    both = wanted.get("And") or {}
    tags = [*([wanted["Tag"]] if wanted.get("Tag") else []), *(both.get("Tags") or [])]
    prefix = wanted.get("Prefix") or both.get("Prefix") or rule.get("Prefix") or ""
    return prefix, {t["Key"]: t["Value"] for t in tags}


def parse_rule(index: int, rule: Params) -> Rule:
    """A rule of the API."""
    prefix, tags = filter_of(rule)
    destination, criteria = rule["Destination"], rule.get("SourceSelectionCriteria") or {}
    return Rule(
        id=rule.get("ID") or f"rule-{index}",
        priority=int(rule.get("Priority") or 0),
        enabled=rule["Status"] == "Enabled",
        prefix=prefix,
        tags=tags,
        # The older format, without a filter, has no say in it: there delete markers are replicated.
        delete_markers=is_on(rule.get("DeleteMarkerReplication")) if "Filter" in rule else True,
        destination=destination["Bucket"].split(":::")[1],
        account=destination.get("Account"),
        storage_class=destination.get("StorageClass"),
        replica_key=(destination.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID"),
        owner_override=(destination.get("AccessControlTranslation") or {}).get("Owner") == "Destination",
        kms_objects=is_on(criteria.get("SseKmsEncryptedObjects")),
        replica_modifications=is_on(criteria.get("ReplicaModifications")),
        metrics=is_on(destination.get("Metrics")),
        time_control=is_on(destination.get("ReplicationTime")),
    )


@dataclass(frozen=True)
class Configuration:
    """The replication configuration of a bucket."""

    role: str
    rules: tuple[Rule, ...]


def configuration_of(bucket: FakeBucket) -> Configuration | None:
    """What a bucket says about replication."""
    return getattr(bucket, "replication_parsed", None)


def rules_for(bucket: FakeBucket, key: str, tags: dict[str, str]) -> list[Rule]:
    """The rules that apply to an object: for each destination the one of highest priority."""
    configuration, chosen = configuration_of(bucket), {}
    for rule in sorted(configuration.rules if configuration else (), key=lambda r: -r.priority):
        if rule.fits(key, tags):
            chosen.setdefault(rule.destination, rule)
    return list(chosen.values())


@after("s3", "PutBucketReplication")
def _keep(call: Call) -> None:
    bucket, wanted = find_bucket(call.params["Bucket"]), call.params["ReplicationConfiguration"]
    rules = tuple(parse_rule(index, rule) for index, rule in enumerate(wanted["Rules"]))
    bucket.replication_parsed = Configuration(wanted["Role"], rules)  # type: ignore[union-attr]


@after("s3", "DeleteBucketReplication")
def _forget(call: Call) -> None:
    find_bucket(call.params["Bucket"]).replication_parsed = None  # type: ignore[union-attr]
