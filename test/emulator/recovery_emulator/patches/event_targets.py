"""EventBridge rules reach Lambda, Step Functions, SNS and SQS targets; moto raises or stays silent for most of them."""

from typing import Any

from moto.events.models import Rule

from recovery_emulator.patches.event_delivery import DELIVERABLE, deliver_for

_moto_send = Rule.send_to_targets


def _send_to_targets(self: Rule, original_event: dict[str, Any], transform_input: bool = True) -> None:
    # Without a pattern a rule has a schedule only, and matches nothing; in moto it matches everything.
    if self.state == "DISABLED" or not self.event_pattern.get_pattern():
        return
    if not self.event_pattern.matches_event(original_event):
        return
    ours = [t for t in self.targets if t["Arn"].split(":")[2] in DELIVERABLE]
    for target in ours:
        deliver_for(self, target, original_event)
    every = self.targets
    self.targets = [t for t in every if t not in ours]
    try:
        if self.targets:
            _moto_send(self, original_event, transform_input)
    finally:
        self.targets = every


Rule.send_to_targets = _send_to_targets
