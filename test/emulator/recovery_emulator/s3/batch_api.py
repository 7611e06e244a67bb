"""The API of S3 Batch Operations."""

from typing import Any

from recovery_emulator.registry import implements
from recovery_emulator.s3.batch_jobs import JOBS, Job
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]


def _wrong(message: str) -> ServiceError:
    return ServiceError("BadRequestException", message)


@implements("s3control", "CreateJob")
def _create(call: Call) -> Params:
    params = {k: v for k, v in call.params.items() if k != "AccountId"}
    if call.params["AccountId"] != call.account:
        raise ServiceError("AccessDenied", f"{call.params['AccountId']} is another account", 403)
    for job in JOBS:
        if job.params["ClientRequestToken"] == params["ClientRequestToken"] and job.account == call.account:
            if job.params != params:
                raise ServiceError("IdempotencyException", "The token was used for another job")
            return {"JobId": job.id}
    _check(call, params)
    job = Job(call.account, call.region, params)
    JOBS.append(job)
    job.start()
    return {"JobId": job.id}


def _check(call: Call, params: Params) -> None:
    if list(params["Operation"]) != ["S3ReplicateObject"]:
        raise ServiceError("NotImplemented", f"the operation {', '.join(params['Operation'])} is not emulated", 501)
    if ("Manifest" in params) == ("ManifestGenerator" in params):
        raise _wrong("A job has either a Manifest or a ManifestGenerator")
    report = params["Report"]
    if report.get("Enabled") and not all(report.get(k) for k in ("Bucket", "Format", "ReportScope")):
        raise _wrong("A report needs Bucket, Format and ReportScope")
    generator = (params.get("ManifestGenerator") or {}).get("S3JobManifestGenerator")
    if generator:
        _check_generator(call, generator)


def _check_generator(call: Call, generator: Params) -> None:
    bucket = find_bucket(generator["SourceBucket"].rpartition(":::")[2])
    if bucket is None:
        raise _wrong(f"The bucket {generator['SourceBucket']} does not exist")
    if bucket.region_name != call.region:
        raise _wrong(f"The job must be created in the Region of {bucket.name}, {bucket.region_name}")
    if generator.get("EnableManifestOutput") and "ManifestOutputLocation" not in generator:
        raise _wrong("EnableManifestOutput needs ManifestOutputLocation")


def _find(call: Call) -> Job:
    for job in JOBS:
        if job.id == call.params["JobId"] and (job.account, job.region) == (call.account, call.region):
            return job
    raise ServiceError("NotFoundException", f"The job {call.params['JobId']} does not exist", 404)


@implements("s3control", "DescribeJob")
def _describe(call: Call) -> Params:
    return {"Job": _find(call).describe()}


@implements("s3control", "ListJobs")
def _list(call: Call) -> Params:
    wanted = call.params.get("JobStatuses")
    here = [j for j in JOBS if (j.account, j.region) == (call.account, call.region)]
    keys = ("JobId", "Description", "Priority", "Status", "CreationTime", "TerminationDate", "ProgressSummary")
    shown = [j.describe() for j in here if not wanted or j.status in wanted]
    return {"Jobs": [{**{k: d.get(k) for k in keys}, "Operation": "S3ReplicateObject"} for d in shown]}


@implements("s3control", "UpdateJobStatus")
def _update_status(call: Call) -> Params:
    job, wanted = _find(call), call.params["RequestedJobStatus"]
    if wanted == "Ready" and job.status == "Suspended":
        job.run()
    elif wanted == "Cancelled" and job.status not in ("Complete", "Failed", "Cancelled"):
        job.status = "Cancelled"
    else:
        raise ServiceError("JobStatusException", f"a job that is {job.status} cannot become {wanted}")
    return {"JobId": job.id, "Status": job.status}
