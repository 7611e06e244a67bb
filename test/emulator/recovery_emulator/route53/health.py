"""Whether a health check passes, at this very moment: nobody waits for RequestInterval and FailureThreshold."""

import http.client
import re
import socket
import ssl
from collections.abc import Callable

from recovery_emulator import regions
from recovery_emulator.metrics.evaluation import Threshold
from recovery_emulator.route53.books import HealthCheck, checks_of

_PATIENCE_S = 2.0
_REACHABLE = ("127.0.0.1", "localhost")
# Says whether a routing control is on, once there are any.
ROUTING_CONTROLS: list[Callable[[str], bool]] = []


def is_healthy(check: HealthCheck) -> bool:
    """A disabled check passes; an inverted one says the opposite of what it sees."""
    passes = True if check.config.get("Disabled") else _sees(check)
    return passes != bool(check.config.get("Inverted"))


def _sees(check: HealthCheck) -> bool:
    kind = check.config["Type"]
    if check.told is not None:
        return check.told
    if kind == "CALCULATED":
        children = [checks_of(check.account).get(child) for child in check.config.get("ChildHealthChecks") or []]
        return sum(child is not None and is_healthy(child) for child in children) >= check.config["HealthThreshold"]
    if kind == "CLOUDWATCH_METRIC":
        return _metric(check)
    if kind == "RECOVERY_CONTROL":
        return any(is_on(check.config["RoutingControlArn"]) for is_on in ROUTING_CONTROLS)
    return _endpoint(check)


def _metric(check: HealthCheck) -> bool:
    """The data of the metric, not the state of the alarm; a Region that is lost sends none."""
    alarm, region = check.alarm or {}, check.config["AlarmIdentifier"]["Region"]
    state = "INSUFFICIENT_DATA"
    if not regions.is_lost(region):
        state = (
            Threshold(
                check.account,
                region,
                alarm["Namespace"],
                alarm["MetricName"],
                frozenset((d["Name"], d["Value"]) for d in alarm["Dimensions"]),
                alarm["Statistic"],
                alarm["Period"],
                alarm["EvaluationPeriods"],
                alarm["EvaluationPeriods"],
                alarm["ComparisonOperator"],
                alarm["Threshold"],
            ).state()
            or state
        )
    if state == "INSUFFICIENT_DATA":
        without = check.config.get("InsufficientDataHealthStatus", "LastKnownStatus")
        return check.last_known if without == "LastKnownStatus" else bool(without == "Healthy")
    check.last_known = state == "OK"
    return check.last_known


def _endpoint(check: HealthCheck) -> bool:
    """What is on this machine is asked; of the rest it is only known whether its Region is lost."""
    config = check.config
    host = config.get("IPAddress") or config.get("FullyQualifiedDomainName") or ""
    if host not in _REACHABLE:
        return reachable(host)
    try:
        if config["Type"] == "TCP":
            socket.create_connection((host, config["Port"]), _PATIENCE_S).close()
            return True
        return _answers(check, host)
    except (OSError, http.client.HTTPException):
        return False


def reachable(name: str) -> bool:
    """Whether a name of AWS lies in a Region that is not lost."""
    named = re.search(r"\b([a-z]{2}(?:-[a-z]+)+-\d)\b", name)
    return named is None or not regions.is_lost(named.group(1))


def _answers(check: HealthCheck, host: str) -> bool:
    config = check.config
    if config["Type"].startswith("HTTPS"):
        # Route 53 looks at no certificate
        trusting = ssl._create_unverified_context()
        made: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, config["Port"], timeout=_PATIENCE_S, context=trusting
        )
    else:
        made = http.client.HTTPConnection(host, config["Port"], timeout=_PATIENCE_S)
    try:
        made.request("GET", config.get("ResourcePath") or "/", headers={"User-Agent": "Amazon-Route53-Health-Check"})
        answer = made.getresponse()
        text = answer.read(5120).decode("utf-8", "replace")
        return 200 <= answer.status < 400 and config.get("SearchString", "") in text
    finally:
        made.close()
