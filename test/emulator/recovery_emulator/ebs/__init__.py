"""The EBS direct APIs, as far as reading goes: moto's know no paging, no tokens and no content of volumes."""
