"""What a plan of ARC Region switch must be, beyond what its schema says; plans are kept, and never run here."""

from typing import Any

Properties = dict[str, Any]
# The one key that a block of each type is configured by.
_CONFIGURED_BY = {
    "CustomActionLambda": "CustomActionLambdaConfig",
    "ManualApproval": "ExecutionApprovalConfig",
    "AuroraGlobalDatabase": "GlobalAuroraConfig",
    "EC2AutoScaling": "Ec2AsgCapacityIncreaseConfig",
    "ARCRoutingControl": "ArcRoutingControlConfig",
    "ARCRegionSwitchPlan": "RegionSwitchPlanConfig",
    "Parallel": "ParallelConfig",
    "ECSServiceScaling": "EcsCapacityIncreaseConfig",
    "EKSResourceScaling": "EksResourceScalingConfig",
    "Route53HealthCheck": "Route53HealthCheckConfig",
    "DocumentDb": "DocumentDbConfig",
    "RdsPromoteReadReplica": "RdsPromoteReadReplicaConfig",
    "RdsCreateCrossRegionReplica": "RdsCreateCrossRegionReadReplicaConfig",
}
_AFTER_RECOVERY = {"RdsCreateCrossRegionReplica", "CustomActionLambda", "ManualApproval", "ARCRegionSwitchPlan"}


def problem_with(plan: Properties) -> str | None:
    """Why a plan is refused, or None."""
    regions = plan["Regions"]
    if plan.get("PrimaryRegion", regions[0]) not in regions:
        return f"PrimaryRegion {plan['PrimaryRegion']} is not one of {', '.join(regions)}"
    if plan["RecoveryApproach"] == "activePassive" and "PrimaryRegion" not in plan:
        return "PrimaryRegion must be specified for an activePassive plan"
    return _workflows(plan, regions) or _triggers(plan)


def _workflows(plan: Properties, regions: list[str]) -> str | None:
    wanted = {"activate"} if plan["RecoveryApproach"] == "activePassive" else {"activate", "deactivate"}
    actions = [workflow["WorkflowTargetAction"] for workflow in plan["Workflows"]]
    for action in wanted:
        named = [w.get("WorkflowTargetRegion") for w in plan["Workflows"] if w["WorkflowTargetAction"] == action]
        if not (named == [None] or sorted(str(region) for region in named) == sorted(regions)):
            return f"the plan needs one workflow to {action} for both Regions, or one for each"
    if set(actions) - wanted - {"postRecovery"}:
        return f"an {plan['RecoveryApproach']} plan has no workflow to {', '.join(sorted(set(actions) - wanted))}"
    for workflow in plan["Workflows"]:
        for step in workflow.get("Steps", []):
            problem = _step(step, workflow["WorkflowTargetAction"])
            if problem:
                return problem
    return None


def _step(step: Properties, action: str) -> str | None:
    kind, configured = step["ExecutionBlockType"], list(step["ExecutionBlockConfiguration"])
    if configured != [_CONFIGURED_BY.get(kind)]:
        return f"step {step['Name']}: {kind} is configured by {_CONFIGURED_BY.get(kind)} alone, got {', '.join(configured)}"
    if action == "postRecovery" and kind not in _AFTER_RECOVERY:
        return f"step {step['Name']}: {kind} cannot be part of a postRecovery workflow"
    for inner in step["ExecutionBlockConfiguration"].get("ParallelConfig", {}).get("Steps", []):
        if inner["ExecutionBlockType"] == "Parallel":
            return f"step {inner['Name']}: parallel steps cannot be nested"
        problem = _step(inner, action)
        if problem:
            return problem
    return None


def _triggers(plan: Properties) -> str | None:
    alarms = plan.get("AssociatedAlarms", {})
    for trigger in plan.get("Triggers", []):
        for condition in trigger["Conditions"]:
            alarm = alarms.get(condition["AssociatedAlarmName"])
            if alarm is None or alarm["AlarmType"] != "trigger":
                return f"{condition['AssociatedAlarmName']} is not an associated alarm of type trigger"
    return None
