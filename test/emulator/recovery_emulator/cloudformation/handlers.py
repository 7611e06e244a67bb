"""How a resource type is created, updated and deleted: the base of every handler, and the register of them."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback
from recovery_emulator.cloudformation.errors import NotEmulated

Properties = dict[str, Any]
GONE = {"NotFound", "NoSuch", "DoesNotExist", "NotExist", "ResourceNotFound"}


@dataclass
class Made:
    """What creating (or updating) a resource gives back."""

    physical_id: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """Where and for which resource a handler works."""

    account: str
    region: str
    stack_id: str
    stack_name: str
    logical_id: str
    type_name: str
    tags: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of the emulator in the stack's account and Region."""
        return loopback.client(service, region or self.region, self.account)

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        """An ARN in the stack's account and Region."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account}:{resource}"

    def generated_name(self, limit: int, lower: bool = False, separator: str = "-") -> str:
        """A physical name in CloudFormation's way: stack, logical id, random end."""
        end = "".join(random.choices(string.ascii_uppercase + string.digits, k=12))
        room = limit - len(end) - 1
        half = max(room - len(self.logical_id) - 1, room // 2)
        name = separator.join(
            [self.stack_name[:half], self.logical_id[: room - min(half, len(self.stack_name)) - 1], end]
        )
        if separator == "_":
            name = name.replace("-", "_")
        return name.lower() if lower else name


class Handler:
    """One resource type. A subclass says how to make it; updates and attributes are optional."""

    type_name = ""
    # Properties that the schema lets change but whose change is not passed on anywhere, since nothing reads them.
    inert: frozenset[str] = frozenset()

    def create(self, context: Context, properties: Properties) -> Made:
        """Makes the resource."""
        raise NotImplementedError

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        """Changes the resource in place; by default nothing can be changed."""
        changed = changed_keys(old, new)
        raise NotEmulated(f"an update of {', '.join(sorted(changed))} of {self.type_name} is not emulated")

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        """Removes the resource."""

    def attribute(self, context: Context, made: Made, properties: Properties, name: str) -> Any:
        """An attribute for Fn::GetAtt that is not among those of `Made`; None when there is none."""
        return None


HANDLERS: dict[str, Handler] = {}


def handles(*type_names: str) -> Callable[[type[Handler]], type[Handler]]:
    """Registers a handler for resource types."""

    def register(cls: type[Handler]) -> type[Handler]:
        for name in type_names:
            handler = cls()
            handler.type_name = name
            HANDLERS[name] = handler
        return cls

    return register


def changed_keys(old: Properties, new: Properties) -> set[str]:
    """The top-level properties that differ."""
    return {k for k in {*old, *new} if old.get(k) != new.get(k)}


def only_changed(handler: Handler, old: Properties, new: Properties, allowed: set[str]) -> set[str]:
    """The changed properties, or NotEmulated when one of them is none of the allowed."""
    changed = changed_keys(old, new) - handler.inert
    if changed - allowed:
        raise NotEmulated(f"an update of {', '.join(sorted(changed - allowed))} of {handler.type_name} is not emulated")
    return changed


def ignore_gone(action: Callable[[], Any]) -> None:
    """Deletes, and is content when the thing is gone already."""
    try:
        action()
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        if code != "404" and not any(word in code for word in GONE):
            raise
