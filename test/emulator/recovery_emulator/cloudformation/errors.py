"""Errors inside CloudFormation."""

from recovery_emulator.service_api.replies import ServiceError


class TemplateError(ServiceError):
    """The request or template is refused before anything is made."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationError", message)


class ResourceFailure(Exception):
    """A resource could not be created, updated or deleted; the reason goes into the stack's events."""


class NotEmulated(ResourceFailure):
    """AWS would do it, the emulator cannot: said aloud, never skipped."""
