"""Services of ECS: tasks start and stop one after the other, and are targets of the load balancer while they run.

What a stack wants is there at once, for a stack waits for it.
"""

from typing import Any

from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

_BEFORE = "recovery_emulator_running"


def room_for(region: str, wanted: int) -> int:
    """How many of the wanted tasks or instances the capacity of a Region allows."""
    limit = SETTINGS.values["capacityLimits"].get(region)
    return wanted if limit is None else min(wanted, int(limit))


def _service(call: Call, name: str) -> Any:
    cluster = (call.params.get("cluster") or "default").split("/")[-1]
    return ecs_backends[call.account][call.region].services.get(f"{cluster}:{name.split('/')[-1]}")


@before("ecs", "CreateService")
def _check_new(call: Call) -> None:
    known = _service(call, call.params["serviceName"])
    if known is not None and known.status == "ACTIVE":
        raise ServiceError("InvalidParameterException", "Creation of service was not idempotent.")


@before("ecs", "UpdateService")
def _remember(call: Call) -> None:
    service = _service(call, call.params["service"])
    if service is None:
        raise ServiceError("ServiceNotFoundException", "Service not found.")
    setattr(service, _BEFORE, service.running_count)


@after("ecs", "CreateService")
def _start(call: Call) -> None:
    _scale(call, _service(call, call.params["serviceName"]), 0)


@after("ecs", "UpdateService")
def _change(call: Call) -> None:
    service = _service(call, call.params["service"])
    _scale(call, service, getattr(service, _BEFORE))


def _scale(call: Call, service: Any, running: int) -> None:
    wanted = int(service.desired_count)
    _be(service, running)
    duration = 0 if call.internal else SETTINGS.job_duration_ms("scale", "ECS")
    if not duration:
        _be(service, room_for(service.region_name, wanted))
        return
    steps = abs(wanted - running)
    for step in range(1, steps + 1):
        CLOCK.after(duration * step / steps, lambda: _step(service, wanted))


def _step(service: Any, wanted: int) -> None:
    """One task more or less, unless something else has been wanted in the meantime."""
    if service.desired_count != wanted or service.status != "ACTIVE" or service.running_count == wanted:
        return
    nearer = service.running_count + (1 if wanted > service.running_count else -1)
    _be(service, room_for(service.region_name, nearer) if nearer > service.running_count else nearer)


def _be(service: Any, running: int) -> None:
    service.running_count, service.pending_count = running, max(0, service.desired_count - running)
    for deployment in service.deployments:
        done = running == service.desired_count
        deployment.update(
            desiredCount=service.desired_count,
            runningCount=running,
            pendingCount=service.pending_count,
            rolloutState="COMPLETED" if done else "IN_PROGRESS",
        )
    for balancer in service.load_balancers:
        _register(service, balancer, running)


def _register(service: Any, balancer: dict[str, Any], running: int) -> None:
    """Each running task is a target by its address."""
    arn = balancer.get("targetGroupArn") or balancer.get("target_group_arn")
    group = elbv2_backends[service._account_id][service.region_name].target_groups.get(arn)
    if group is None:
        return
    made = f"10.{sum(service.name.encode()) % 200 + 20}.0."
    for name in [name for name in group.targets if name.startswith(made)]:
        del group.targets[name]
    port = balancer.get("containerPort") or balancer.get("container_port") or group.port
    for index in range(running):
        group.targets[f"{made}{index + 4}"] = {"Id": f"{made}{index + 4}", "Port": port}
