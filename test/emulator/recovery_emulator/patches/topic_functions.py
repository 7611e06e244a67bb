"""Topics invoke functions with the event that SNS documents; what cannot be invoked goes to the subscription's dead-letter queue."""

import json
import logging
import threading
from typing import Any

from moto.sns.models import Subscription

from recovery_emulator import loopback, regions
from recovery_emulator.clock import CLOCK
from recovery_emulator.patches.delivery_attempts import Delivery, status_of
from recovery_emulator.patches.event_delivery import send_with_attributes

_LOG = logging.getLogger("recovery_emulator")
# From the Developer Guide: 100,015 attempts in 23 days for functions.
_MAX_RETRIES, _MAX_AGE_S = 100_014, 23 * 86_400
_moto_publish = Subscription.publish


def _publish(self: Subscription, message: str, message_id: str, subject: str | None = None, **options: Any) -> None:
    attributes = options.get("message_attributes")
    if self.protocol != "lambda":
        _moto_publish(self, message, message_id, subject=subject, **options)
        return
    if self._filter_policy_matcher is not None and not self._filter_policy_matcher.matches(attributes, message):
        return
    if options.get("message_structure") == "json":
        message = self._parse_message_structure(message, self.protocol)
    notification = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": self.topic.arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": CLOCK.now().strftime("%Y-%m-%dT%H:%M:%S.") + f"{CLOCK.now_ms() % 1000:03d}Z",
        "MessageAttributes": attributes or {},
    }
    event = {
        "Records": [
            {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": self.arn, "Sns": notification}
        ]
    }
    _, _, _, region, account, *_ = self.endpoint.split(":")
    client = loopback.visible_client("lambda", region, account)

    def send() -> None:
        client.invoke(FunctionName=self.endpoint, InvocationType="Event", Payload=json.dumps(event))

    def give_up(problem: Exception, _: str | None, __: int) -> None:
        _LOG.warning("%s could not invoke %s: %s", self.topic.arn, self.endpoint, problem)
        queue = json.loads(self.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
        if queue:
            told = {"ErrorCode": str(status_of(problem)), "ErrorMessage": str(problem)[:1000], "RequestID": message_id}
            send_with_attributes(queue, json.dumps(notification), told)

    delivery = Delivery(send, give_up, _MAX_RETRIES, _MAX_AGE_S)

    def first() -> None:
        with regions.within(region):
            delivery.attempt()

    # whoever publishes does not wait for whoever listens
    threading.Thread(target=first, daemon=True).start()


Subscription.publish = _publish
