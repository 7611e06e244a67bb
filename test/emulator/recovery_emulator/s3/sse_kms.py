"""Objects under a KMS key that cannot be used: they are not written, and not read.

moto encrypts nothing and never looks at the key. The other rights on a key (grants, policies of callers) are not checked.
"""

from typing import Any
from urllib.parse import parse_qs, unquote

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey, S3Backend

from recovery_emulator import regions
from recovery_emulator.kms_keys import find_key, is_aws_managed
from recovery_emulator.registry import before
from recovery_emulator.s3.books import find_bucket, find_version, uses_kms
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError


def _problem(reference: str | None, bucket: Any) -> tuple[str, str] | None:
    if not reference or is_aws_managed(reference):
        return None
    key = find_key(reference, bucket.account_id, bucket.region_name)
    if key is None:
        return "KMS.NotFoundException", f"Key '{reference}' does not exist"
    if key.region != bucket.region_name:
        return "KMS.NotFoundException", f"Key '{reference}' is not in {bucket.region_name}"
    if key.key_state == "PendingDeletion":
        return "KMS.KMSInvalidStateException", f"{key.arn} is pending deletion."
    return None if key.enabled else ("KMS.DisabledException", f"{key.arn} is disabled.")


_put_object = S3Backend.put_object


def _put_under_key(
    self: S3Backend,
    bucket_name: str,
    key_name: str,
    value: bytes,
    storage: str | None = None,
    etag: str | None = None,
    multipart: Any = None,
    encryption: str | None = None,
    kms_key_id: str | None = None,
    *args: Any,
    **options: Any,
) -> FakeKey:
    bucket = self.get_bucket(bucket_name)
    default = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault") or {}
    if (encryption or default.get("SSEAlgorithm") or "").startswith("aws:kms"):
        problem = _problem(kms_key_id or default.get("KMSMasterKeyID"), bucket)
        if problem:
            raise S3ClientError(*problem)
    return _put_object(
        self, bucket_name, key_name, value, storage, etag, multipart, encryption, kms_key_id, *args, **options
    )


S3Backend.put_object = _put_under_key


def _check_readable(bucket_name: str, key: str, version: str | None) -> None:
    bucket = find_bucket(bucket_name)
    stored = find_version(bucket, key, version) if bucket is not None else None
    if bucket is None or not isinstance(stored, FakeKey) or not uses_kms(stored):
        return
    problem = _problem(stored.kms_key_id, bucket)
    if problem:
        raise ServiceError(*problem)


@before("s3", "GetObject", "SelectObjectContent")
def _check_get(call: Call) -> None:
    _check_readable(call.params["Bucket"], call.params["Key"], call.params.get("VersionId"))


@before("s3", "CopyObject", "UploadPartCopy")
def _check_copy(call: Call) -> None:
    path, _, query = call.params["CopySource"].partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    source = find_bucket(bucket)
    if source is not None:
        regions.require(source.region_name)
    _check_readable(bucket, key, (parse_qs(query).get("versionId") or [None])[0])
