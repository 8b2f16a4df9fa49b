"""How tests read dates of records: as drafts do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backchannel.letters.dates import Moment
from backchannel.letters.deadlines import Deadline

zones = ZoneInfo


def read_date(text: str) -> Deadline:
    at = datetime.fromisoformat(text).astimezone(UTC)
    return Moment(int(at.timestamp()), "UTC", 0, "gregorian", at.strftime("%Y-%m-%dT%H:%M"))
