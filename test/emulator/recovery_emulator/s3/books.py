"""moto's buckets and objects, as the modules about S3 need them."""

from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends

PARTITION = "aws"


def find_bucket(name: str) -> FakeBucket | None:
    """A bucket by its name, whoever owns it."""
    owner = s3_backends.bucket_accounts.get(name)
    return s3_backends[owner[1]][owner[0]].buckets.get(name) if owner else None


def backend_of(bucket: FakeBucket) -> Any:
    """moto's S3 of the account that owns a bucket."""
    return s3_backends[bucket.account_id][PARTITION]


def find_version(bucket: FakeBucket, key: str, version: str | None) -> FakeKey | FakeDeleteMarker | None:
    """A version of an object or a delete marker; without a version the latest."""
    versions = bucket.keys.getlist(key, [])
    if version is None:
        return versions[-1] if versions else None
    return next((v for v in versions if str(v.version_id) == version), None)


def tags_of(bucket: FakeBucket, stored: FakeKey) -> dict[str, str]:
    """The tags of an object."""
    return dict(backend_of(bucket).tagger.get_tag_dict_for_resource(stored.arn))


def uses_kms(stored: Any) -> bool:
    """Whether an object is encrypted under a KMS key."""
    return str(getattr(stored, "encryption", None) or "").startswith("aws:kms")
