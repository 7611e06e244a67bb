"""File systems that Lambda functions mount: a folder of this machine, named by a test, stands for the files of a file system.

Nothing is really mounted: where an environment variable of the function holds the path of the mount, the function is given
the folder instead.
"""

import functools
import uuid
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.ec2 import ec2_backends
from moto.efs.models import AccessPoint, efs_backends

from recovery_emulator.efs import contents
from recovery_emulator.registry import before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]

def _invalid(code: str, message: str, status: int = 400) -> ServiceError:
    return ServiceError(code, message, status)


def _file_system(account: str, region: str, arn: str) -> str | None:
    """The file system of an access point, where it has a mount target."""
    backend = efs_backends[account][region]
    point = backend.access_points.get(arn.rpartition("/")[2])
    if point is None:
        return None
    system = point.file_system_id
    return system if backend.file_systems_by_id[system].number_of_mount_targets > 0 else None


def _revision(function: LambdaFunction) -> str:
    """Changes with every change of the configuration."""
    return getattr(function, "revision", str(uuid.uuid5(uuid.NAMESPACE_URL, function.function_arn)))


@before("lambda", "UpdateFunctionConfiguration")
def _check(call: Call) -> None:
    params = call.params
    function = lambda_backends[call.account][call.region].get_function(params["FunctionName"])
    if params.get("RevisionId") not in (None, _revision(function)):
        raise _invalid("PreconditionFailedException", "The Revision Id provided does not match the latest one.", 412)
    for wanted in params.get("FileSystemConfigs") or []:
        if not wanted["LocalMountPath"].startswith("/mnt/"):
            raise _invalid("InvalidParameterValueException", "a file system is mounted below /mnt/")
        system = _file_system(call.account, call.region, wanted["Arn"])
        if system is None:
            raise _invalid(
                "InvalidParameterValueException", f"EFS access point {wanted['Arn']} has no mount target that can be used."
            )
        vpc = params.get("VpcConfig") or function.vpc_config or {}
        lacking = _zones_of(call, vpc.get("SubnetIds") or []) - _mounted_in(call, system)
        if lacking:
            raise _invalid(
                "InvalidParameterValueException",
                f"EFS file system {system} referenced by access point {wanted['Arn']} does not have mount targets created "
                f"in all availability zones the function will execute in: not in {', '.join(sorted(lacking))}.",
            )


def _zones_of(call: Call, subnets: list[str]) -> set[str]:
    backend = ec2_backends[call.account][call.region]
    return {backend.get_subnet(subnet).availability_zone for subnet in subnets}


def _mounted_in(call: Call, system: str) -> set[str]:
    found = efs_backends[call.account][call.region].file_systems_by_id[system]
    return {target.availability_zone_name for target in found.iter_mount_targets()}


@before("efs", "CreateMountTarget")
def _check_zone(call: Call) -> None:
    system = efs_backends[call.account][call.region].file_systems_by_id.get(call.params["FileSystemId"])
    zone = system.availability_zone_name if system else None
    if zone and _zones_of(call, [call.params["SubnetId"]]) != {zone}:
        raise _invalid("AvailabilityZonesMismatch", f"The file system lies in {zone}, but its mount target would not.")


_update = LambdaFunction.update_configuration
_describe = LambdaFunction.get_configuration


@functools.wraps(_update)
def _update_configuration(self: LambdaFunction, config_updates: Params) -> Params:
    if config_updates.get("FileSystemConfigs") is not None:
        self.file_system_configs = config_updates["FileSystemConfigs"]  # type: ignore[attr-defined]
    self.revision = str(uuid.uuid4())  # type: ignore[attr-defined]
    return _update(self, config_updates)


@functools.wraps(_describe)
def _get_configuration(self: LambdaFunction, *args: Any, **named: Any) -> Params:
    mounted = getattr(self, "file_system_configs", None)
    shown = {**_describe(self, *args, **named), "RevisionId": _revision(self)}
    return {**shown, **({"FileSystemConfigs": mounted} if mounted else {})}


LambdaFunction.update_configuration = _update_configuration  # type: ignore[method-assign]
LambdaFunction.get_configuration = _get_configuration  # type: ignore[method-assign]


_make_access_point = AccessPoint.__init__


@functools.wraps(_make_access_point)
def _access_point(self: AccessPoint, *args: Any, **named: Any) -> None:
    _make_access_point(self, *args, **named)
    # Lambda takes only ids as long as those of AWS.
    short, self.access_point_id = self.access_point_id, f"fsap-{uuid.uuid4().hex[:17]}"
    self.access_point_arn = self.access_point_arn.replace(short, self.access_point_id)


AccessPoint.__init__ = _access_point  # type: ignore[method-assign]


def seen(function: LambdaFunction) -> dict[str, str]:
    """The environment variables of a function, with folders in place of the paths that it has mounted."""
    variables = {name: str(value) for name, value in function.environment_vars.items()}
    for mounted in getattr(function, "file_system_configs", []):
        system = _file_system(function.account_id, function.region, mounted["Arn"])
        folder = contents.folder_of(function.account_id, function.region, system or "")
        for name, value in variables.items():
            if value == mounted["LocalMountPath"] and folder is not None:
                variables[name] = folder
    return variables


def mount_of(function: LambdaFunction) -> str:
    """How a function fares with what it has mounted: it works, times out, or never answers."""
    systems = [
        _file_system(function.account_id, function.region, mounted["Arn"])
        for mounted in getattr(function, "file_system_configs", [])
    ]
    fates = [contents.mounts_of(function.account_id, function.region, system or "") for system in systems]
    return next((fate for fate in fates if fate != "works"), "works")


@before("lambda", "Invoke")
def _refuse_lost_mount(call: Call) -> None:
    try:
        function = lambda_backends[call.account][call.region].get_function(call.params["FunctionName"])
    except UnknownFunctionException:  # the call itself says so
        return
    if mount_of(function) == "timesOut":
        raise _invalid("EFSMountTimeoutException", "The mount of the EFS file system of the function timed out.", 408)
