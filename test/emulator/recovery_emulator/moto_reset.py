"""Forgets what moto holds, quickly.

moto's own reset makes every backend anew, several times over. Two of them are slow to make (the public images of EC2, the
managed policies of IAM), so those are left alone unless a request has changed them.
"""

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

_READING = ("Describe", "List", "Get", "Head", "Lookup", "Assume")
# Requests to these services change the backend of the other.
_CHANGES = {"ec2": {"ec2", "efs", "rds", "elbv2"}, "iam": {"iam"}}
_CHANGED: set[str] = set()


def note(service: str, operation: str) -> None:
    """Remembers that a service was asked to change something."""
    if not operation.startswith(_READING):
        _CHANGED.add(service)


def reset_moto() -> None:
    """Empties every backend that may hold something."""
    done: set[int] = set()
    for backends in list(BackendDict._instances):
        if id(backends) in done:
            continue
        done.add(id(backends))
        causes = _CHANGES.get(backends.service_name)
        if causes is not None and not causes & _CHANGED:
            continue
        for _, _, backend in list(backends.iter_backends()):
            backend.reset()
    reset_model_data()
    _CHANGED.clear()
