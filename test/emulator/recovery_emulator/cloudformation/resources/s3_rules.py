"""The parts of a bucket whose CloudFormation form differs from the API's: lifecycle, replication, notifications."""

from typing import Any

from recovery_emulator.cloudformation.errors import NotEmulated

_LIFECYCLE_KEYS = {
    "Id",
    "Status",
    "Prefix",
    "TagFilters",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "ExpirationInDays",
    "ExpirationDate",
    "ExpiredObjectDeleteMarker",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionTransition",
    "Transitions",
    "Transition",
    "AbortIncompleteMultipartUpload",
}


def _refuse_unknown(value: dict[str, Any], known: set[str], what: str) -> None:
    if set(value) - known:
        raise NotEmulated(f"{', '.join(sorted(set(value) - known))} of {what} is not emulated")


def _filter(prefix: str | None, tags: list[dict[str, str]], sizes: dict[str, int] | None = None) -> dict[str, Any]:
    """One condition stands alone, several stand in an And."""
    conditions: dict[str, Any] = {**({"Prefix": prefix} if prefix else {}), **(sizes or {})}
    if not conditions and len(tags) == 1:
        return {"Tag": tags[0]}
    if tags:
        return {"And": {**conditions, "Tags": tags}}
    if len(conditions) > 1:
        return {"And": conditions}
    return conditions or {"Prefix": ""}


def lifecycle_rules(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """CloudFormation's lifecycle rules as the API writes them."""
    _refuse_unknown(configuration, {"Rules", "TransitionDefaultMinimumObjectSize"}, "a lifecycle configuration")
    return [_lifecycle_rule(index, rule) for index, rule in enumerate(configuration["Rules"])]


def _lifecycle_rule(index: int, rule: dict[str, Any]) -> dict[str, Any]:
    _refuse_unknown(rule, _LIFECYCLE_KEYS, "a lifecycle rule")
    sizes = {k: int(rule[k]) for k in ("ObjectSizeGreaterThan", "ObjectSizeLessThan") if k in rule}
    made: dict[str, Any] = {
        "ID": rule.get("Id", f"rule-{index}"),
        "Status": rule["Status"],
        "Filter": _filter(rule.get("Prefix"), rule.get("TagFilters", []), sizes),
    }
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = int(rule["ExpirationInDays"])
    if "ExpirationDate" in rule:
        expiration["Date"] = rule["ExpirationDate"]
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = rule["ExpiredObjectDeleteMarker"]
    if expiration:
        made["Expiration"] = expiration
    noncurrent = rule.get("NoncurrentVersionExpiration") or (
        {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
        if "NoncurrentVersionExpirationInDays" in rule
        else None
    )
    if noncurrent:
        made["NoncurrentVersionExpiration"] = {k: int(v) for k, v in noncurrent.items()}
    transitions = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    if transitions:
        made["Transitions"] = [
            {
                **({"Days": int(t["TransitionInDays"])} if "TransitionInDays" in t else {"Date": t["TransitionDate"]}),
                "StorageClass": t["StorageClass"],
            }
            for t in transitions
        ]
    older = rule.get("NoncurrentVersionTransitions") or (
        [rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else []
    )
    if older:
        made["NoncurrentVersionTransitions"] = [
            {
                "NoncurrentDays": int(t["TransitionInDays"]),
                "StorageClass": t["StorageClass"],
                **(
                    {"NewerNoncurrentVersions": int(t["NewerNoncurrentVersions"])}
                    if "NewerNoncurrentVersions" in t
                    else {}
                ),
            }
            for t in older
        ]
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = {k: int(v) for k, v in rule["AbortIncompleteMultipartUpload"].items()}
    return made


def replication_rules(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """CloudFormation's replication rules as the API writes them."""
    made = []
    for index, rule in enumerate(configuration["Rules"]):
        known = {
            "Id",
            "Status",
            "Priority",
            "Prefix",
            "Filter",
            "DeleteMarkerReplication",
            "Destination",
            "SourceSelectionCriteria",
        }
        _refuse_unknown(rule, known, "a replication rule")
        api = {("ID" if k == "Id" else k): v for k, v in rule.items() if k != "Filter"}
        api.setdefault("ID", f"rule-{index}")
        if "Filter" in rule:
            api["Filter"] = _replication_filter(rule["Filter"])
        if "Priority" in rule:
            api["Priority"] = int(rule["Priority"])
        for key in ("ReplicationTime", "Metrics"):
            part = api["Destination"].get(key)
            for time in ("Time", "EventThreshold"):
                if part and time in part:
                    part[time] = {"Minutes": int(part[time]["Minutes"])}
        made.append(api)
    return made


def _replication_filter(wanted: dict[str, Any]) -> dict[str, Any]:
    if "And" in wanted:
        return _filter(wanted["And"].get("Prefix"), wanted["And"].get("TagFilters", []))
    return _filter(wanted.get("Prefix"), [wanted["TagFilter"]] if "TagFilter" in wanted else [])


def notifications(configuration: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation's notification configuration as the API writes it."""
    made: dict[str, Any] = {}
    if "EventBridgeConfiguration" in configuration:
        if str(configuration["EventBridgeConfiguration"].get("EventBridgeEnabled", True)).lower() == "true":
            made["EventBridgeConfiguration"] = {}
    forms = {
        "LambdaConfigurations": ("LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
        "QueueConfigurations": ("QueueConfigurations", "Queue", "QueueArn"),
        "TopicConfigurations": ("TopicConfigurations", "Topic", "TopicArn"),
    }
    for key, (api_key, target, api_target) in forms.items():
        for entry in configuration.get(key, []):
            wanted = {api_target: entry[target], "Events": [entry["Event"]]}
            rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules")
            if rules:
                wanted["Filter"] = {"Key": {"FilterRules": rules}}
            made.setdefault(api_key, []).append(wanted)
    return made
