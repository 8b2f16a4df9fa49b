"""How tests read dates of records: as a desk does."""

from zoneinfo import ZoneInfo

from backchannel.desk.standing import read_date

__all__ = ["read_date", "zones"]

zones = ZoneInfo
