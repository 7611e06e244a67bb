"""Templates and experiments of FIS: actions begin, run for their duration, and end; an alarm stops them all."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from recovery_emulator import registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.fis.actions import ACTIONS, begin, duration_ms, end
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_LOOK_MS = 1000
Params = dict[str, Any]


@dataclass
class _Experiment:
    """One run of a template."""

    account: str
    region: str
    template: Params
    id: str = field(default_factory=lambda: f"EXP{uuid.uuid4().hex[:15]}")
    status: str = "running"
    reason: str = "Experiment is running."
    actions: dict[str, Params] = field(default_factory=dict)
    began: Any = field(default_factory=CLOCK.now)
    ended: Any = None
    tags: Params = field(default_factory=dict)

    def run(self) -> None:
        self.actions = {name: {**a, "state": {"status": "pending"}} for name, a in self.template["actions"].items()}
        self._go_on()
        self._look()

    def _go_on(self) -> None:
        """Begins what waits for nothing any more."""
        for name, action in self.actions.items():
            waits = [n for n in action.get("startAfter", []) if self.actions[n]["state"]["status"] != "completed"]
            if self.status == "running" and action["state"]["status"] == "pending" and not waits:
                self._begin(name, action)
        if self.status == "running" and all(a["state"]["status"] == "completed" for a in self.actions.values()):
            self.finish("completed", "Experiment completed.")

    def _begin(self, name: str, action: Params) -> None:
        targets = [
            arn
            for t in action.get("targets", {}).values()
            for arn in self.template["targets"][t].get("resourceArns", [])
        ]
        if action.get("targets") and not targets:
            self.finish("failed", f"Target resolution returned empty set for action {name}.")
            return
        action["state"], action["startTime"] = {"status": "running"}, CLOCK.now()
        begin(f"{self.id}/{name}", self.account, self.region, action, targets)
        CLOCK.after(duration_ms(action["parameters"]["duration"]), lambda: self._complete(name))

    def _complete(self, name: str) -> None:
        if self.actions[name]["state"]["status"] == "running":
            self._end(name, "completed")
            self._go_on()

    def _end(self, name: str, status: str) -> None:
        self.actions[name].update(state={"status": status}, endTime=CLOCK.now())
        end(f"{self.id}/{name}")

    def finish(self, status: str, reason: str) -> None:
        """Ends the experiment, and what of it still runs."""
        self.status, self.reason, self.ended = status, reason, CLOCK.now()
        for name, action in self.actions.items():
            if action["state"]["status"] in ("running", "pending"):
                self._end(name, {"running": "stopped", "pending": "cancelled"}[action["state"]["status"]])

    def _look(self) -> None:
        """An alarm of the stop conditions ends it."""
        if self.status != "running":
            return
        for condition in self.template.get("stopConditions", []):
            if condition["source"] == "aws:cloudwatch:alarm":
                alarm = cloudwatch_backends[self.account][self.region].alarms.get(condition["value"].split(":")[-1])
                if alarm is not None and alarm.state_value == "ALARM":
                    self.finish("stopped", "Experiment halted by stop condition.")
                    return
        CLOCK.after(_LOOK_MS, self._look)

    def describe(self) -> Params:
        """The experiment as the API shows it."""
        return {
            "id": self.id,
            "arn": f"arn:aws:fis:{self.region}:{self.account}:experiment/{self.id}",
            "experimentTemplateId": self.template["id"],
            "roleArn": self.template["roleArn"],
            "state": {"status": self.status, "reason": self.reason},
            "targets": self.template.get("targets"),
            "actions": self.actions,
            "stopConditions": self.template.get("stopConditions"),
            "creationTime": self.began,
            "startTime": self.began,
            "endTime": self.ended,
            "tags": self.tags,
        }


_TEMPLATES: dict[tuple[str, str, str], Params] = {}
_EXPERIMENTS: dict[tuple[str, str, str], _Experiment] = {}
registry.ON_RESET.append(_TEMPLATES.clear)
registry.ON_RESET.append(_EXPERIMENTS.clear)


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def _check(wanted: Params) -> None:
    targets, actions = wanted.get("targets") or {}, wanted.get("actions") or {}
    if not actions:
        raise _invalid("an experiment template needs at least one action")
    for name, action in actions.items():
        if action["actionId"] not in ACTIONS:
            raise ServiceError("NotImplemented", f"the action {action['actionId']} is not emulated", 501)
        expected = ACTIONS[action["actionId"]]
        if "duration" not in action.get("parameters", {}):
            raise _invalid(f"the action {name} needs a duration")
        try:
            duration_ms(action["parameters"]["duration"])
        except ValueError as problem:
            raise _invalid(str(problem)) from problem
        given = action.get("targets") or {}
        if set(given) != ({expected[0]} if expected else set()):
            raise _invalid(f"the targets of action {name} must be {expected[0] if expected else 'none'}")
        for target in given.values():
            if target not in targets:
                raise _invalid(f"the target {target} of action {name} is not defined")
            if expected and targets[target]["resourceType"] != expected[1]:
                raise _invalid(f"the target {target} of action {name} must be of type {expected[1]}")
        for other in action.get("startAfter") or []:
            if other not in actions:
                raise _invalid(f"the action {name} starts after {other}, which is not defined")


class _Fis:
    """FIS in every account and Region."""

    def handle(self, call: Call) -> Params | None:
        operation = getattr(self, f"_{call.operation}", None)
        if operation is None:
            raise ServiceError("NotImplemented", f"FIS {call.operation} is not emulated", 501)
        return dict(operation(call))

    def _CreateExperimentTemplate(self, call: Call) -> Params:
        _check(call.params)
        name = f"EXT{uuid.uuid4().hex[:15]}"
        arn = f"arn:aws:fis:{call.region}:{call.account}:experiment-template/{name}"
        made = {**call.params, "id": name, "arn": arn, "creationTime": CLOCK.now(), "lastUpdateTime": CLOCK.now()}
        made.pop("clientToken", None)
        _TEMPLATES[call.account, call.region, name] = made
        return {"experimentTemplate": made}

    def _UpdateExperimentTemplate(self, call: Call) -> Params:
        found = self._template(call, call.params["id"])
        _check({**found, **call.params})
        found.update(call.params, lastUpdateTime=CLOCK.now())
        return {"experimentTemplate": found}

    @staticmethod
    def _template(call: Call, name: str) -> Params:
        found = _TEMPLATES.get((call.account, call.region, name))
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"Experiment template {name} not found.", 404)
        return found

    @staticmethod
    def _experiment(call: Call) -> _Experiment:
        found = _EXPERIMENTS.get((call.account, call.region, call.params["id"]))
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"Experiment {call.params['id']} not found.", 404)
        return found

    def _GetExperimentTemplate(self, call: Call) -> Params:
        return {"experimentTemplate": self._template(call, call.params["id"])}

    def _DeleteExperimentTemplate(self, call: Call) -> Params:
        found = self._template(call, call.params["id"])
        return {"experimentTemplate": _TEMPLATES.pop((call.account, call.region, found["id"]))}

    def _StartExperiment(self, call: Call) -> Params:
        template = self._template(call, call.params["experimentTemplateId"])
        made = _Experiment(call.account, call.region, template, tags=call.params.get("tags") or {})
        _EXPERIMENTS[call.account, call.region, made.id] = made
        made.run()
        return {"experiment": made.describe()}

    def _GetExperiment(self, call: Call) -> Params:
        return {"experiment": self._experiment(call).describe()}

    def _StopExperiment(self, call: Call) -> Params:
        found = self._experiment(call)
        if found.status == "running":
            found.finish("stopped", "Experiment stopped.")
        return {"experiment": found.describe()}


registry.SERVICES["fis"] = _Fis()
