"""AWS::SNS and AWS::SQS."""

import json
from typing import Any

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    changed_keys,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list, tag_map


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


@handles("AWS::SNS::Topic")
class Topic(Handler):
    _attributes = {
        "DisplayName",
        "KmsMasterKeyId",
        "FifoTopic",
        "ContentBasedDeduplication",
        "SignatureVersion",
        "TracingConfig",
        "DeliveryPolicy",
    }

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("sns")
        name = properties.get("TopicName") or context.generated_name(200)
        attributes = {k: _text(v) for k, v in properties.items() if k in self._attributes}
        plain = {**properties, "Name": name, "Attributes": attributes, "Tags": tag_list(properties, context.tags)}
        arn = call(client, "create_topic", plain, {*self._attributes, "TopicName", "Subscription"})["TopicArn"]
        for subscription in properties.get("Subscription", []):
            client.subscribe(TopicArn=arn, **subscription)
        return Made(arn, {"TopicArn": arn, "TopicName": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("sns")
        for key in only_changed(self, old, new, {*self._attributes, "Tags"}) - {"Tags"}:
            client.set_topic_attributes(
                TopicArn=made.physical_id, AttributeName=key, AttributeValue=_text(new.get(key, ""))
            )
        if old.get("Tags") != new.get("Tags"):
            client.untag_resource(ResourceArn=made.physical_id, TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(ResourceArn=made.physical_id, Tags=tag_list(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("sns").delete_topic(TopicArn=made.physical_id))


@handles("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")
class TopicPolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        for topic in properties.get("Topics") or [properties["TopicArn"]]:
            context.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=_text(properties["PolicyDocument"])
            )
        return Made(context.generated_name(128))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self.create(context, new)
        return made


@handles("AWS::SNS::Subscription")
class Subscription(Handler):
    _attributes = {
        "DeliveryPolicy",
        "FilterPolicy",
        "FilterPolicyScope",
        "RawMessageDelivery",
        "RedrivePolicy",
        "SubscriptionRoleArn",
    }

    def create(self, context: Context, properties: Properties) -> Made:
        attributes = {k: _text(v) for k, v in properties.items() if k in self._attributes}
        client = context.client("sns", properties.get("Region"))
        plain = {**properties, "Attributes": attributes, "ReturnSubscriptionArn": True}
        arn = call(client, "subscribe", plain, {*self._attributes, "Region"})["SubscriptionArn"]
        return Made(arn, {"Arn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("sns", new.get("Region"))
        for key in only_changed(self, old, new, self._attributes):
            client.set_subscription_attributes(
                SubscriptionArn=made.physical_id, AttributeName=key, AttributeValue=_text(new.get(key, ""))
            )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("sns", properties.get("Region")).unsubscribe(SubscriptionArn=made.physical_id)
        )


@handles("AWS::SQS::Queue")
class Queue(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("sqs")
        name = properties.get("QueueName") or context.generated_name(75) + (
            ".fifo" if properties.get("FifoQueue") else ""
        )
        attributes = {k: _text(v) for k, v in properties.items() if k not in ("QueueName", "Tags")}
        url = client.create_queue(QueueName=name, Attributes=attributes, tags=tag_map(properties, context.tags))[
            "QueueUrl"
        ]
        return Made(url, {"Arn": context.arn("sqs", name), "QueueName": name, "QueueUrl": url})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client, changed = context.client("sqs"), changed_keys(old, new)
        attributes = {k: _text(new[k]) for k in changed - {"Tags"} if k in new}
        if attributes:
            client.set_queue_attributes(QueueUrl=made.physical_id, Attributes=attributes)
        if "Tags" in changed:
            client.untag_queue(QueueUrl=made.physical_id, TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_queue(QueueUrl=made.physical_id, Tags=tag_map(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("sqs").delete_queue(QueueUrl=made.physical_id))


@handles("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy")
class QueuePolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        for queue in properties.get("Queues") or [properties["Queue"]]:
            context.client("sqs").set_queue_attributes(
                QueueUrl=queue, Attributes={"Policy": _text(properties["PolicyDocument"])}
            )
        return Made(context.generated_name(128))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self.create(context, new)
        return made
