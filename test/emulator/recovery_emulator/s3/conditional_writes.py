"""Writes on conditions: of several at the same moment one succeeds.

moto looks whether the condition holds and writes afterwards, and two requests may both look before either writes. S3 decides
between them, and tells the others that their condition does not hold (S3 User Guide: conditional writes).
"""

import threading
from typing import Any

from moto.s3.responses import S3Response

_put_object = S3Response.put_object
_one_at_a_time = threading.Lock()


def _put_by_turns(self: S3Response) -> Any:
    if not (self.headers.get("If-None-Match") or self.headers.get("If-Match")):
        return _put_object(self)
    with _one_at_a_time:
        return _put_object(self)


S3Response.put_object = _put_by_turns  # type: ignore[method-assign]
