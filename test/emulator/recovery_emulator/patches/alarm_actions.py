"""An alarm that changes its state by SetAlarmState runs its SNS and Lambda actions and sends its event.

Metrics are stored, but no alarm looks at them by itself.
"""

import json
import threading
from typing import Any

from moto.cloudwatch.models import Alarm

from recovery_emulator import loopback
from recovery_emulator.patches.event_delivery import DELIVERABLE, deliver_later

_moto_update_state = Alarm.update_state


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    before = self.state_value
    _moto_update_state(self, reason, reason_data, state_value)
    if before == state_value:
        return
    _, _, _, region, account, *_ = self.alarm_arn.split(":")
    if self.actions_enabled:
        message = {
            "AlarmName": self.name,
            "AlarmArn": self.alarm_arn,
            "AWSAccountId": account,
            "NewStateValue": state_value,
            "OldStateValue": before,
            "NewStateReason": reason,
            "Region": region,
        }
        actions = {"ALARM": self.alarm_actions, "OK": self.ok_actions}.get(state_value, self.insufficient_data_actions)
        for arn in actions or []:
            if arn.split(":")[2] in DELIVERABLE:
                deliver_later(arn, json.dumps(message), region, account)
    detail = {
        "alarmName": self.name,
        "state": {"value": state_value, "reason": reason},
        "previousState": {"value": before},
    }
    entry: dict[str, Any] = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [self.alarm_arn],
        "Detail": json.dumps(detail),
    }
    threading.Thread(
        target=lambda: loopback.client("events", region, account).put_events(Entries=[entry]), daemon=True
    ).start()


Alarm.update_state = _update_state
