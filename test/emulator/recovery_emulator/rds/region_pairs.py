"""Between which Regions RDS replicates automated backups.

From the RDS User Guide, "Replicating automated backups to another AWS Region": the rows of Tokyo and Osaka as of 2026, the
others as of an older edition, which may lack newer destinations. A source that is not listed is refused.
"""

from typing import Any

from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call

_AMERICAS = ("us-east-1", "us-east-2", "us-west-2")
_EUROPE = ("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1")

DESTINATIONS: dict[str, tuple[str, ...]] = {
    "ap-northeast-1": ("ap-east-1", "ap-east-2", "ap-northeast-3", "ap-northeast-2", "ap-southeast-1", *_AMERICAS),
    "ap-northeast-3": ("ap-northeast-1",),
    "ap-northeast-2": ("ap-southeast-1", "ap-northeast-1", *_AMERICAS),
    "ap-south-1": ("ap-southeast-1", *_AMERICAS),
    "ap-southeast-1": ("ap-south-1", "ap-northeast-2", "ap-southeast-2", "ap-northeast-1", *_AMERICAS),
    "ap-southeast-2": ("ap-southeast-1", "us-east-1", "us-west-1", "us-west-2"),
    "ca-central-1": ("eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    "eu-central-1": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", *_AMERICAS),
    "eu-west-1": ("ca-central-1", "eu-central-1", "eu-west-2", "eu-west-3", "eu-north-1", "us-west-1", *_AMERICAS),
    "eu-west-2": ("eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1", "us-east-1"),
    "eu-west-3": ("eu-central-1", "eu-west-1", "eu-west-2", "eu-north-1", "us-east-1"),
    "eu-north-1": ("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "us-east-1"),
    "sa-east-1": ("us-east-1", "us-east-2"),
    "us-east-1": (
        "ap-south-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "ca-central-1",
        *_EUROPE,
        "sa-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ),
    "us-east-2": (
        "ap-south-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-northeast-1",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-west-1",
        "us-west-2",
    ),
    "us-west-1": ("ap-southeast-2", "ca-central-1", "eu-west-1", *_AMERICAS),
    "us-west-2": (
        "ap-south-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
    ),
}


def sources_of(destination: str) -> list[str]:
    """The Regions from which backups may come into a Region."""
    return [source for source, destinations in DESTINATIONS.items() if destination in destinations]


@implements("rds", "DescribeSourceRegions")
def _source_regions(call: Call) -> dict[str, Any]:
    """Every Region that this emulator knows, and whether backups may come from there."""
    known, sources = sorted({*DESTINATIONS, *sum(DESTINATIONS.values(), ())}), sources_of(call.region)
    wanted = call.params.get("RegionName")
    return {
        "SourceRegions": [
            {
                "RegionName": name,
                "Endpoint": f"https://rds.{name}.amazonaws.com",
                "Status": "available",
                "SupportsDBInstanceAutomatedBackupsReplication": name in sources,
            }
            for name in known
            if name != call.region and wanted in (None, name)
        ]
    }
