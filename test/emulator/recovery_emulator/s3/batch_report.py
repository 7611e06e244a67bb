"""The report of a batch job: which objects failed, and why."""

import csv
import hashlib
import io
import json
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback
from recovery_emulator.access.decisions import may_use_key, may_use_s3
from recovery_emulator.kms_keys import find_key
from recovery_emulator.s3.books import find_bucket


class NoReport(Exception):
    """The report cannot be written, so the job fails."""


def write_report(job: Any) -> None:
    """Writes the report that a job wants, with the rights of its role."""
    wanted = job.params["Report"]
    if not wanted.get("Enabled"):
        return
    name = wanted["Bucket"].rpartition(":::")[2]
    bucket = find_bucket(name)
    prefix = f"{wanted['Prefix'].rstrip('/')}/" if wanted.get("Prefix") else ""
    folder = f"{prefix}job-{job.id}"
    if bucket is None:
        raise NoReport(f"The bucket {name} for the report does not exist")
    if not may_use_s3(job.params["RoleArn"], "s3:PutObject", bucket, f"{folder}/manifest.json"):
        raise NoReport(f"The role may not write the report to {name}")
    _check_key(job.params["RoleArn"], bucket)
    files = _files(job, wanted["ReportScope"], folder, name)
    client = loopback.client("s3", bucket.region_name, bucket.account_id)
    try:
        for key, body in files.items():
            client.put_object(Bucket=name, Key=key, Body=body)
    except ClientError as refused:
        raise NoReport(f"The report cannot be written: {refused}") from refused


def _check_key(role: str, bucket: Any) -> None:
    """Under a customer key by default the role needs to make data keys."""
    default = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault") or {}
    if not default.get("SSEAlgorithm", "").startswith("aws:kms") or not default.get("KMSMasterKeyID"):
        return
    key = find_key(default["KMSMasterKeyID"], bucket.account_id, bucket.region_name)
    context = f"arn:aws:s3:::{bucket.name}"
    if key is None or not may_use_key(role, "kms:GenerateDataKey", key, bucket.region_name, context):
        raise NoReport(f"The role may not use the key of {bucket.name}, where the report goes")


def _files(job: Any, scope: str, folder: str, bucket: str) -> dict[str, bytes]:
    results: dict[str, list[list[str]]] = {"succeeded": [], "failed": []}
    for task in job.tasks:
        outcome = task.outcome()
        status = ["200", "Successful"] if outcome == "succeeded" else ["403", task.reason()]
        row = [
            *(part or "" for part in task.listed),
            outcome,
            *(["", *status] if outcome == "succeeded" else [task.reason(), *status]),
        ]
        results[outcome].append(row)
    files, listed = {}, []
    for outcome, rows in results.items():
        if not rows or (outcome == "succeeded" and scope == "FailedTasksOnly"):
            continue
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        body = text.getvalue().encode()
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        key = f"{folder}/results/{md5}.csv"
        files[key] = body
        listed.append({"TaskExecutionStatus": outcome, "Bucket": bucket, "MD5Checksum": md5, "Key": key})
    columns = "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"
    manifest = {"Format": "Report_CSV_20180820", "ReportSchema": columns, "Results": listed}
    files[f"{folder}/manifest.json"] = json.dumps(manifest).encode()
    return files
