"""Auto Scaling groups: instances are pending for a while before they are in service."""

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.compute.services import room_for
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

_KNOWN = "recovery_emulator_seen"


def _group(call: Call) -> Any:
    return autoscaling_backends[call.account][call.region].autoscaling_groups.get(call.params["AutoScalingGroupName"])


def _counting_pending(self: FakeAutoScalingGroup) -> list[Any]:
    """What is on its way need not be launched again."""
    return [state for state in self.instance_states if state.lifecycle_state in ("InService", "Pending")]


@before("autoscaling", "UpdateAutoScalingGroup", "SetDesiredCapacity")
def _check(call: Call) -> None:
    group = _group(call)
    if group is None:
        raise ServiceError("ValidationError", "AutoScalingGroup name not found - null")
    params = call.params
    low, high = int(params.get("MinSize", group.min_size)), int(params.get("MaxSize", group.max_size))
    if low > high:
        raise ServiceError("ValidationError", f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    wanted = params.get("DesiredCapacity")
    if wanted is not None and int(wanted) < low:
        raise ServiceError("ValidationError", f"Desired capacity:{wanted} must be above minimum {low}")
    if wanted is not None and int(wanted) > high:
        raise ServiceError("ValidationError", f"Desired capacity:{wanted} must be below maximum {high}")


@after("autoscaling", "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "SetDesiredCapacity")
def _launch(call: Call) -> None:
    group = _group(call)
    bounded = min(max(group.desired_capacity, group.min_size), group.max_size)
    if bounded != group.desired_capacity:
        group.set_desired_capacity(bounded)
    group.instance_states.sort(key=lambda state: state.instance_id)
    duration = 0 if call.internal else SETTINGS.job_duration_ms("scale", "AutoScaling")
    seen: set[str] = getattr(group, _KNOWN, set())
    new = [state for state in group.instance_states if state.instance_id not in seen]
    setattr(group, _KNOWN, {state.instance_id for state in group.instance_states})
    allowed = room_for(call.region, len(group.instance_states)) - (len(group.instance_states) - len(new))
    for index, state in enumerate(new):
        if duration or index >= allowed:
            state.lifecycle_state = "Pending"
        if duration and index < allowed:
            CLOCK.after(duration, lambda one=state: setattr(one, "lifecycle_state", "InService"))


FakeAutoScalingGroup.active_instances = _counting_pending  # type: ignore[method-assign]
