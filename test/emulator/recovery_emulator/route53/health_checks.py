"""Health checks: what may be asked of them, and their API. Whether they are healthy, `health.py` finds out."""

import uuid
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from recovery_emulator import regions
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint
from recovery_emulator.metrics.evaluation import threshold_of
from recovery_emulator.registry import implements
from recovery_emulator.route53.books import HealthCheck, Params, all_checks, checks_of, zones_of
from recovery_emulator.route53.health import is_healthy
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_ENDPOINTS = {"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"}
_CHECKERS = ("ap-northeast-1", "ap-southeast-1", "eu-west-1", "us-east-1", "us-west-2")
_FIXED = {"HealthCheckId", "HealthCheckVersion", "ResetElements"}
_RESETS = {"ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath"}
_MAX_CHILDREN = 256


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidInput", message)


def _check(account: str, config: Params) -> Params | None:
    """Refuses what Route 53 refuses; gives back what is copied of an alarm."""
    kind = config["Type"]
    if kind in _ENDPOINTS:
        _check_endpoint(config, kind)
    elif {"IPAddress", "Port", "FullyQualifiedDomainName", "ResourcePath", "RequestInterval", "FailureThreshold"} & set(
        k for k, v in config.items() if v is not None
    ):
        raise _invalid(f"an endpoint cannot be specified for a health check of type {kind}")
    if kind == "CALCULATED":
        _check_children(account, config)
    if kind == "RECOVERY_CONTROL" and not config.get("RoutingControlArn"):
        raise _invalid("RoutingControlArn must be specified for a health check of type RECOVERY_CONTROL")
    if kind != "CLOUDWATCH_METRIC":
        return None
    return _copy_alarm(account, config)


def _check_endpoint(config: Params, kind: str) -> None:
    if not config.get("IPAddress") and not config.get("FullyQualifiedDomainName"):
        raise _invalid("IPAddress or FullyQualifiedDomainName must be specified")
    if config.get("RequestInterval", 30) not in (10, 30):
        raise _invalid(f"RequestInterval is {config['RequestInterval']}, must be 10 or 30")
    if kind == "TCP" and not config.get("Port"):
        raise _invalid("Port must be specified for a health check of type TCP")
    if kind.endswith("STR_MATCH") != bool(config.get("SearchString")):
        raise _invalid("SearchString is for health checks of type HTTP_STR_MATCH and HTTPS_STR_MATCH, and those only")
    config.setdefault("RequestInterval", 30)
    config.setdefault("FailureThreshold", 3)
    if kind != "TCP":
        config.setdefault("Port", 443 if kind.startswith("HTTPS") else 80)


def _check_children(account: str, config: Params) -> None:
    children = config.get("ChildHealthChecks") or []
    if "HealthThreshold" not in config:
        raise _invalid("HealthThreshold must be specified for a health check of type CALCULATED")
    if len(children) > _MAX_CHILDREN:
        raise _invalid(f"a calculated health check has at most {_MAX_CHILDREN} children")
    for child in children:
        found = checks_of(account).get(child)
        if found is None:
            raise _invalid(f"the child health check {child} does not exist")
        if found.config["Type"] == "CALCULATED":
            raise _invalid(f"the child health check {child} is itself a calculated one")


def _copy_alarm(account: str, config: Params) -> Params:
    wanted = config.get("AlarmIdentifier")
    if not wanted:
        raise _invalid("AlarmIdentifier must be specified for a health check of type CLOUDWATCH_METRIC")
    if regions.is_lost(wanted["Region"]):
        raise _invalid(f"the alarms of {wanted['Region']} cannot be reached")
    alarm: Any = cloudwatch_backends[account][wanted["Region"]].alarms.get(wanted["Name"])
    if alarm is None:
        raise _invalid(f"there is no alarm {wanted['Name']} in {wanted['Region']}")
    threshold = threshold_of(alarm, account)
    if threshold is None:
        raise _invalid(f"the alarm {wanted['Name']} is of a kind that Route 53 does not support")
    if threshold.datapoints != threshold.evaluation_periods:
        raise _invalid(f"the alarm {wanted['Name']} is an M out of N alarm, which Route 53 does not support")
    return {
        "EvaluationPeriods": threshold.evaluation_periods,
        "Threshold": threshold.limit,
        "ComparisonOperator": threshold.comparison,
        "Period": threshold.period_s,
        "MetricName": threshold.metric,
        "Namespace": threshold.namespace,
        "Statistic": threshold.statistic,
        "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(threshold.dimensions)],
    }


def _require(call: Call) -> HealthCheck:
    found = checks_of(call.account).get(call.params["HealthCheckId"])
    if found is None:
        raise ServiceError("NoSuchHealthCheck", f"no health check exists with id {call.params['HealthCheckId']}", 404)
    return found


@implements("route53", "CreateHealthCheck")
def _create(call: Call) -> Params:
    config, reference = dict(call.params["HealthCheckConfig"]), call.params["CallerReference"]
    for known in checks_of(call.account).values():
        if known.caller_reference == reference:
            if known.config == config:
                return {"HealthCheck": known.describe(), "Location": f"/2013-04-01/healthcheck/{known.id}"}
            raise ServiceError("HealthCheckAlreadyExists", f"{reference} is the reference of another health check", 409)
    alarm = _check(call.account, config)
    made = HealthCheck(str(uuid.uuid4()), call.account, reference, config, alarm=alarm)
    checks_of(call.account)[made.id] = made
    return {"HealthCheck": made.describe(), "Location": f"/2013-04-01/healthcheck/{made.id}"}


@implements("route53", "GetHealthCheck")
def _get(call: Call) -> Params:
    return {"HealthCheck": _require(call).describe()}


@implements("route53", "ListHealthChecks")
def _list(call: Call) -> Params:
    found = [check.describe() for check in checks_of(call.account).values()]
    return {"HealthChecks": found, "IsTruncated": False, "MaxItems": "1000", "Marker": ""}


@implements("route53", "UpdateHealthCheck")
def _update(call: Call) -> Params:
    found, version = _require(call), call.params.get("HealthCheckVersion")
    if version is not None and version != found.version:
        raise ServiceError("HealthCheckVersionMismatch", f"the version is {found.version}, not {version}", 409)
    changed = {**found.config, **{k: v for k, v in call.params.items() if k not in _FIXED}}
    for name in call.params.get("ResetElements") or []:
        if name not in _RESETS:
            raise _invalid(f"{name} cannot be reset")
        changed.pop(name, None)
    found.alarm, found.config = _check(call.account, changed), changed
    found.version += 1
    return {"HealthCheck": found.describe()}


@implements("route53", "DeleteHealthCheck")
def _delete(call: Call) -> Params:
    found = _require(call)
    users = [r.name for zone in zones_of(call.account).values() for r in zone.rrsets if r.health_check_id == found.id]
    if users:
        raise ServiceError("HealthCheckInUse", f"{found.id} is in use by {', '.join(users)}")
    del checks_of(call.account)[found.id]
    return {}


@implements("route53", "GetHealthCheckStatus")
def _status(call: Call) -> Params:
    found = _require(call)
    said = "Success: the check passes" if is_healthy(found) else "Failure: the check does not pass"
    report = {"Status": said, "CheckedTime": CLOCK.now_naive()}
    return {
        "HealthCheckObservations": [
            {"Region": region, "IPAddress": f"192.0.2.{index}", "StatusReport": report}
            for index, region in enumerate(_CHECKERS)
        ]
    }


@endpoint("GET", "health-checks")
def _show(_: Params) -> Any:
    return {"healthy": {name: is_healthy(check) for name, check in all_checks().items()}}


@endpoint("POST", "health-checks/*")
def _tell(wanted: Params) -> Any:
    """Says how an endpoint is that cannot be asked from here; null takes it back."""
    check, told = all_checks()[wanted["name"]], wanted["healthy"]
    if told not in (True, False, None):
        raise ValueError("'healthy' must be true, false or null")
    check.told = told
    return {"healthy": is_healthy(check)}
