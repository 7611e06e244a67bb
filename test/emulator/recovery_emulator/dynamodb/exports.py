"""Exports of tables to S3: they take their time, and write the files that DynamoDB documents.

moto's own are complete at once, in one file without manifests. The items are those of the moment of the request; moto keeps
no history, so another ExportTime is refused. DynamoDB writes with the rights of the caller, which are not checked.
"""

import base64
import gzip
import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.dynamodb.models import dynamodb_backends

from recovery_emulator import loopback, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.dynamodb.ion import ion_line, json_line
from recovery_emulator.faults import FAULTS
from recovery_emulator.registry import implements
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

Params = dict[str, Any]
_PRESENT = timedelta(minutes=5)
_EXPORTS: dict[str, Params] = {}
registry.ON_RESET.append(_EXPORTS.clear)


def _table(call: Call, arn: str) -> Any:
    tables = dynamodb_backends[call.account][call.region].tables.values()
    found = next((t for t in tables if t.table_arn == arn), None)
    if found is None:
        raise ServiceError("TableNotFoundException", f"Table not found: {arn}")
    return found


@implements("dynamodb", "ExportTableToPointInTime")
def _start(call: Call) -> Params:
    params, now = call.params, CLOCK.now_naive()
    table = _table(call, params["TableArn"])
    again = _same_token(params)
    if again is not None:
        return {"ExportDescription": _shown(again)}
    recovery = table.continuous_backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        raise ServiceError(
            "PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{table.name}'"
        )
    _check(params, now)
    export_id = f"{CLOCK.now_ms():017d}-{uuid.uuid4().hex[:8]}"
    export: Params = {
        **{k: v for k, v in params.items() if k != "ExportTime"},
        "ExportArn": f"{table.table_arn}/export/{export_id}",
        "ExportStatus": "IN_PROGRESS",
        "StartTime": now,
        "ExportTime": params.get("ExportTime") or now,
        "TableId": str(uuid.uuid5(uuid.NAMESPACE_URL, table.table_arn)),
        "ExportFormat": params.get("ExportFormat", "DYNAMODB_JSON"),
        "ExportType": "FULL_EXPORT",
        "S3SseAlgorithm": params.get("S3SseAlgorithm", "AES256"),
        "_id": export_id,
        "_given": dict(params),
        "_items": [dict(item.to_json()["Attributes"]) for item in table.all_items()],
        "_place": (call.account, call.region),
    }
    _EXPORTS[export["ExportArn"]] = export
    fault = FAULTS.strike(
        "job", {"jobFailed"}, jobKind="export", resourceType="DynamoDB", resourceArn=table.table_arn, vaultName=None
    )
    planted = (fault.message or "planted fault") if fault is not None else None
    CLOCK.after(SETTINGS.job_duration_ms("export", "DynamoDB"), lambda: _finish(export, planted))
    return {"ExportDescription": _shown(export)}


def _same_token(params: Params) -> Params | None:
    """The export that the same request has started before."""
    token = params.get("ClientToken")
    found = next((e for e in _EXPORTS.values() if token and e["_given"].get("ClientToken") == token), None)
    if found is not None and found["_given"] != params:
        raise ServiceError("ExportConflictException", f"The client token {token} was used with other parameters")
    return found


def _check(params: Params, now: datetime) -> None:
    if params.get("ExportType", "FULL_EXPORT") != "FULL_EXPORT":
        raise ServiceError("NotImplemented", "incremental exports are not emulated", 501)
    moment = params.get("ExportTime")
    if moment is not None:
        moment = moment.replace(tzinfo=None)
        if moment > now:
            raise ServiceError("InvalidExportTimeException", f"ExportTime {moment} is in the future")
        if now - moment > _PRESENT:
            raise ServiceError("NotImplemented", "an export of another time than the present is not emulated", 501)
    if params.get("S3SseKmsKeyId") and params.get("S3SseAlgorithm") != "KMS":
        raise ServiceError("ValidationException", "S3SseKmsKeyId needs S3SseAlgorithm KMS")


def _finish(export: Params, planted: str | None) -> None:
    export["EndTime"] = CLOCK.now_naive()
    if planted:
        _fail(export, "UNKNOWN", planted)
        return
    bucket = find_bucket(export["S3Bucket"])
    if bucket is None:
        _fail(export, "S3NoSuchBucket", "The specified bucket does not exist")
        return
    if bucket.account_id != export.get("S3BucketOwner", export["_place"][0]):
        _fail(export, "S3AccessDenied", "Access Denied: S3BucketOwner must name the account that owns the bucket")
        return
    try:
        _write(export, bucket)
    except ClientError as refused:
        error = refused.response["Error"]
        _fail(export, f"S3{error['Code'].removeprefix('S3')}", error.get("Message", ""))
    except BotoCoreError as problem:
        _fail(export, "UNKNOWN", str(problem))


def _fail(export: Params, code: str, message: str) -> None:
    export.update(ExportStatus="FAILED", FailureCode=code, FailureMessage=message)


def _write(export: Params, bucket: Any) -> None:
    client = loopback.client("s3", bucket.region_name, bucket.account_id)
    prefix = f"{export['S3Prefix'].rstrip('/')}/" if export.get("S3Prefix") else ""
    folder = f"{prefix}AWSDynamoDB/{export['_id']}"
    encryption = {"ServerSideEncryption": "AES256"}
    if export["S3SseAlgorithm"] == "KMS":
        key = {"SSEKMSKeyId": export["S3SseKmsKeyId"]} if export.get("S3SseKmsKeyId") else {}
        encryption = {"ServerSideEncryption": "aws:kms", **key}

    def put(name: str, body: bytes) -> str:
        made = client.put_object(Bucket=bucket.name, Key=f"{folder}/{name}", Body=body, **encryption)
        return str(made["ETag"]).strip('"')

    is_ion = export["ExportFormat"] == "ION"
    lines = [ion_line(item) if is_ion else json_line(item) for item in export["_items"]]
    text = "".join(f"{line}\n" for line in lines).encode()
    packed = gzip.compress(text, mtime=0)
    name = f"data/{uuid.uuid4().hex[:26]}.{'ion' if is_ion else 'json'}.gz"
    put("_started", b"")
    etag = put(name, packed)
    files = {
        "itemCount": len(lines),
        "md5Checksum": _md5(packed),
        "etag": etag,
        "dataFileS3Key": f"{folder}/{name}",
    }
    export.update(ItemCount=len(lines), BilledSizeBytes=len(text), ExportManifest=f"{folder}/manifest-summary.json")
    for kind, document in (("files", files), ("summary", _summary(export, folder))):
        body = json.dumps(document).encode()
        put(f"manifest-{kind}.json", body)
        put(f"manifest-{kind}.md5", _md5(body).encode())
    export["ExportStatus"] = "COMPLETED"


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _summary(export: Params, folder: str) -> Params:
    return {
        "version": "2020-06-30",
        "exportArn": export["ExportArn"],
        "startTime": f"{export['StartTime'].isoformat(timespec='milliseconds')}Z",
        "endTime": f"{export['EndTime'].isoformat(timespec='milliseconds')}Z",
        "tableArn": export["TableArn"],
        "tableId": export["TableId"],
        "exportTime": f"{export['ExportTime'].replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        "s3Bucket": export["S3Bucket"],
        "s3Prefix": export.get("S3Prefix"),
        "s3SseAlgorithm": export["S3SseAlgorithm"],
        "s3SseKmsKeyId": export.get("S3SseKmsKeyId"),
        "manifestFilesS3Key": f"{folder}/manifest-files.json",
        "billedSizeBytes": export["BilledSizeBytes"],
        "itemCount": export["ItemCount"],
        "outputFormat": export["ExportFormat"],
        "exportType": export["ExportType"],
    }


def _shown(export: Params) -> Params:
    return {k: v for k, v in export.items() if not k.startswith("_")}


@implements("dynamodb", "DescribeExport")
def _describe(call: Call) -> Params:
    export = _EXPORTS.get(call.params["ExportArn"])
    if export is None or export["_place"] != (call.account, call.region):
        raise ServiceError("ExportNotFoundException", f"Export not found: {call.params['ExportArn']}")
    return {"ExportDescription": _shown(export)}


@implements("dynamodb", "ListExports")
def _list(call: Call) -> Params:
    wanted = call.params.get("TableArn")
    here = [e for e in _EXPORTS.values() if e["_place"] == (call.account, call.region)]
    found = [e for e in here if wanted in (None, e["TableArn"])]
    return {"ExportSummaries": [{k: e[k] for k in ("ExportArn", "ExportStatus", "ExportType")} for e in found]}
