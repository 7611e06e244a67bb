"""How instances are, as a test wants them: their status checks, whether Systems Manager reaches them, and how commands end.

An instance that no test has spoken about passes its status checks, and is not managed. Commands are never run: they end as
the test says.
"""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.ec2 import ec2_backends

from recovery_emulator import DEFAULT_ACCOUNT, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint
from recovery_emulator.registry import PassOn, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_DOCUMENTS = {"AWS-RunShellScript": "Linux", "AWS-RunPowerShellScript": "Windows"}
_STATUSES = {"ok", "impaired", "initializing", "insufficient-data", "not-applicable"}


@dataclass
class Machine:
    """What a test has said about an instance."""

    managed: bool = False
    platform: str = "Linux"
    ping: str = "Online"
    system_status: str = "ok"
    instance_status: str = "ok"
    exit_code: int = 0
    # None: the command never ends.
    takes_ms: int | None = 0


@dataclass
class Command:
    """A command that was sent to one instance."""

    instance: str
    machine: Machine
    document: str
    parameters: dict[str, list[str]]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_ms: int = field(default_factory=CLOCK.now_ms)
    cancelled: bool = False
    # A command cannot be asked for right after it was sent: the first question comes too early.
    seen: bool = False

    def status(self) -> tuple[str, str, int]:
        """Status, its details, and the exit code, which is -1 while there is none."""
        timeout_ms = int(self.parameters.get("executionTimeout", ["3600"])[0]) * 1000
        passed_ms = CLOCK.now_ms() - self.sent_ms
        takes_ms = self.machine.takes_ms
        if self.cancelled:
            return "Cancelled", "Cancelled", -1
        if takes_ms is not None and takes_ms <= min(passed_ms, timeout_ms):
            code = self.machine.exit_code
            return ("Success", "Success", 0) if code == 0 else ("Failed", "Failed", code)
        if passed_ms >= timeout_ms:
            return "TimedOut", "Execution Timed Out", -1
        return "InProgress", "In Progress", -1


_MACHINES: dict[tuple[str, str, str], Machine] = {}
_COMMANDS: dict[tuple[str, str, str], Command] = {}
registry.ON_RESET.extend([_MACHINES.clear, _COMMANDS.clear])


@endpoint("POST", "machines/*")
def _set(wanted: Params) -> Any:
    names = {
        "managed": "managed",
        "platform": "platform",
        "pingStatus": "ping",
        "systemStatus": "system_status",
        "instanceStatus": "instance_status",
        "exitCode": "exit_code",
        "commandTakesMs": "takes_ms",
    }
    unknown = set(wanted) - set(names) - {"name", "region", "account"}
    if unknown:
        raise ValueError(f"a machine does not know {', '.join(sorted(unknown))}")
    if not re.fullmatch(r"i-[0-9a-f]+", wanted["name"]):
        raise ValueError(f"'{wanted['name']}' is not an instance")
    for key in ("systemStatus", "instanceStatus"):
        if wanted.get(key, "ok") not in _STATUSES:
            raise ValueError(f"'{key}' must be one of {', '.join(sorted(_STATUSES))}")
    key = (wanted.get("account", DEFAULT_ACCOUNT), wanted["region"], wanted["name"])
    machine = _MACHINES.setdefault(key, Machine())
    for name, attribute in names.items():
        if name in wanted:
            setattr(machine, attribute, wanted[name])
    return vars(machine)


def _running(call: Call, name: str) -> bool:
    instances = [i for r in ec2_backends[call.account][call.region].reservations.values() for i in r.instances]
    return any(i.id == name and i.state == "running" for i in instances)


def _managed(call: Call) -> dict[str, Machine]:
    return {
        name: machine
        for (account, region, name), machine in _MACHINES.items()
        if (account, region) == (call.account, call.region) and machine.managed and _running(call, name)
    }


@implements("ec2", "DescribeInstanceStatus")
def _statuses(call: Call) -> Params:
    names = call.params.get("InstanceIds") or []
    spoken = [_MACHINES.get((call.account, call.region, name)) for name in names]
    if len(names) != 1 or spoken[0] is None or not _running(call, names[0]):
        raise PassOn
    machine = spoken[0]

    def shown(status: str) -> Params:
        detail = {"ok": "passed", "impaired": "failed"}.get(status, status)
        return {"Status": status, "Details": [{"Name": "reachability", "Status": detail}]}

    return {
        "InstanceStatuses": [
            {
                "InstanceId": names[0],
                "InstanceState": {"Code": 16, "Name": "running"},
                "SystemStatus": shown(machine.system_status),
                "InstanceStatus": shown(machine.instance_status),
            }
        ]
    }


@implements("ssm", "DescribeInstanceInformation")
def _information(call: Call) -> Params:
    filters = {f["Key"]: f["Values"] for f in call.params.get("Filters", [])}
    if set(filters) - {"InstanceIds"} or call.params.get("InstanceInformationFilterList"):
        raise NotImplementedError("filters other than InstanceIds")
    wanted = filters.get("InstanceIds")
    return {
        "InstanceInformationList": [
            {
                "InstanceId": name,
                "PingStatus": machine.ping,
                "PlatformType": machine.platform,
                "ResourceType": "EC2Instance",
            }
            for name, machine in _managed(call).items()
            if wanted is None or name in wanted
        ]
    }


@implements("ssm", "SendCommand")
def _send(call: Call) -> Params:
    params = call.params
    if params.get("DocumentName") not in _DOCUMENTS:
        raise ServiceError("InvalidDocument", "the document does not exist")
    names = params.get("InstanceIds", [])
    if len(names) != 1 or params.get("Targets"):
        raise NotImplementedError("commands for anything but one instance")
    machine = _managed(call).get(names[0])
    if machine is None or machine.ping != "Online":
        raise ServiceError("InvalidInstanceId", f"Instances not in a valid state for account: {names[0]}")
    if _DOCUMENTS[params["DocumentName"]] != machine.platform:
        raise ServiceError("UnsupportedPlatformType", f"the document does not run on {machine.platform}")
    if not params.get("Parameters", {}).get("commands"):
        raise ServiceError("InvalidParameters", "the document needs commands")
    made = Command(names[0], machine, params["DocumentName"], params["Parameters"])
    _COMMANDS[call.account, call.region, made.id] = made
    return {"Command": {"CommandId": made.id, "DocumentName": made.document, "InstanceIds": names, "Status": "Pending"}}


def _command(call: Call) -> Command:
    found = _COMMANDS.get((call.account, call.region, call.params["CommandId"]))
    if found is None:
        raise ServiceError("InvalidCommandId", "")
    return found


@implements("ssm", "GetCommandInvocation")
def _invocation(call: Call) -> Params:
    command = _COMMANDS.get((call.account, call.region, call.params["CommandId"]))
    if command is None or not command.seen or command.instance != call.params["InstanceId"]:
        if command is not None:
            command.seen = True
        raise ServiceError("InvocationDoesNotExist", "")
    status, details, code = command.status()
    return {
        "CommandId": command.id,
        "InstanceId": command.instance,
        "DocumentName": command.document,
        "Status": status,
        "StatusDetails": details,
        "ResponseCode": code,
    }


@implements("ssm", "CancelCommand")
def _cancel(call: Call) -> Params:
    command = _command(call)
    if command.status()[0] == "InProgress":
        command.cancelled = True
    return {}
