"""What is sent again until it arrives, its attempts are used up, or it is too old."""

from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from recovery_emulator.clock import CLOCK

# AWS backs off exponentially with jitter and does not say how: a second, doubled up to ten minutes.
_FIRST_RETRY_MS, _LAST_RETRY_MS = 1_000, 600_000
_DAY_S = 86_400


@dataclass
class Delivery:
    """One message on its way to one target."""

    send: Callable[[], None]
    # Why, which limit of the retry policy ended it (none where a retry could not help), and after how many retries.
    give_up: Callable[[Exception, str | None, int], None]
    max_retries: int = 185
    max_age_s: int = _DAY_S
    began_ms: int = field(default_factory=CLOCK.now_ms)
    retries: int = 0

    def attempt(self) -> None:
        """Sends it; what may pass is tried again by the emulator's clock."""
        try:
            self.send()
        except Exception as problem:
            self._fail(problem)

    def _fail(self, problem: Exception) -> None:
        wait = min(_FIRST_RETRY_MS * 2**self.retries, _LAST_RETRY_MS)
        if not may_pass(problem):
            self.give_up(problem, None, self.retries)
        elif self.retries >= self.max_retries:
            self.give_up(problem, "MaximumRetryAttempts", self.retries)
        elif CLOCK.now_ms() + wait - self.began_ms > self.max_age_s * 1000:
            self.give_up(problem, "MaximumEventAgeInSeconds", self.retries)
        else:
            self.retries += 1
            CLOCK.after(wait, self.attempt)


def may_pass(problem: Exception) -> bool:
    """Whether another attempt could succeed: not without permission, nor where nothing is."""
    return not isinstance(problem, ClientError) or status_of(problem) >= 500 or is_throttling(problem)


def is_throttling(problem: Exception) -> bool:
    """Whether a service refuses because it has too much to do."""
    return isinstance(problem, ClientError) and any(
        word in problem.response["Error"]["Code"] for word in ("Throttl", "TooManyRequests")
    )


def status_of(problem: Exception) -> int:
    """The HTTP status of a refusal."""
    response = problem.response if isinstance(problem, ClientError) else {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
