"""Routing controls: their states, read and changed at the endpoint of any of five Regions, under safety rules."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from recovery_emulator import registry
from recovery_emulator.control import endpoint
from recovery_emulator.loopback import url
from recovery_emulator.route53.health import ROUTING_CONTROLS
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2")
Params = dict[str, Any]


@dataclass
class Control:
    """A switch, off at first."""

    arn: str
    name: str
    panel: str
    state: str = "Off"


@dataclass
class Rule:
    """An assertion: so many of some controls must be on."""

    arn: str
    panel: str
    controls: list[str]
    kind: str
    threshold: int
    inverted: bool

    def holds(self, states: dict[str, str]) -> bool:
        on = sum(states.get(arn) == "On" for arn in self.controls)
        wanted = {"AND": on == len(self.controls), "OR": on > 0, "ATLEAST": on >= self.threshold}[self.kind]
        return wanted != self.inverted


@dataclass
class Books:
    """Everything, of all accounts: the ARNs tell them apart."""

    controls: dict[str, Control] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)

    def clear(self) -> None:
        self.controls.clear()
        self.rules.clear()


BOOKS = Books()
registry.ON_RESET.append(BOOKS.clear)


def new_arn(account: str, kind: str, within: str = "") -> str:
    """The ARN of a cluster or panel, or of what is in a panel."""
    end = f"{kind}/{uuid.uuid4().hex}"
    return f"{within}/{end}" if within else f"arn:aws:route53-recovery-control::{account}:{end}"


def endpoints() -> list[Params]:
    """The endpoints of a cluster: here one address, told apart by the Region that a request is signed for."""
    return [{"Endpoint": f"{url()}/v1", "Region": region} for region in REGIONS]


def _require(arn: str) -> Control:
    found = BOOKS.controls.get(arn)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"no routing control {arn}", 404)
    return found


class _Cluster:
    """The data plane."""

    def handle(self, call: Call) -> Params | None:
        if call.region not in REGIONS:
            raise ServiceError(
                "EndpointTemporarilyUnavailableException", f"no cluster endpoint is in {call.region}", 503
            )
        params = call.params
        if call.operation == "GetRoutingControlState":
            found = _require(params["RoutingControlArn"])
            return {
                "RoutingControlArn": found.arn,
                "RoutingControlState": found.state,
                "RoutingControlName": found.name,
            }
        if call.operation == "ListRoutingControls":
            panel = params.get("ControlPanelArn")
            return {"RoutingControls": [_shown(c) for c in BOOKS.controls.values() if panel in (None, c.panel)]}
        entries = params.get("UpdateRoutingControlStateEntries") or [params]
        self._update(entries, params.get("SafetyRulesToOverride") or [])
        return {}

    @staticmethod
    def _update(entries: list[Params], overridden: list[str]) -> None:
        """All of the wanted states, or none."""
        wanted = {_require(e["RoutingControlArn"]).arn: e["RoutingControlState"] for e in entries}
        states = {**{c.arn: c.state for c in BOOKS.controls.values()}, **wanted}
        for rule in BOOKS.rules.values():
            if rule.arn not in overridden and set(rule.controls) & wanted.keys() and not rule.holds(states):
                raise ServiceError("ConflictException", f"the safety rule {rule.arn} does not hold", 409)
        for arn, state in wanted.items():
            BOOKS.controls[arn].state = state


def _shown(control: Control) -> Params:
    return {
        "ControlPanelArn": control.panel,
        "RoutingControlArn": control.arn,
        "RoutingControlName": control.name,
        "RoutingControlState": control.state,
    }


registry.SERVICES["route53-recovery-cluster"] = _Cluster()
ROUTING_CONTROLS.append(lambda arn: arn in BOOKS.controls and BOOKS.controls[arn].state == "On")


@endpoint("GET", "routing-controls")
def _show(_: Params) -> Any:
    return {"controls": {control.name: control.state for control in BOOKS.controls.values()}}
