"""When somebody is at the desk."""

from datetime import UTC, datetime, time

import pytest

from tests.house import hotel

DAY, LATE = (time(8), time(20)), (time(18), time(2))


@pytest.mark.parametrize(
    ("hours", "utc", "is_open"),
    [
        (DAY, datetime(2027, 3, 1, 13, 0, tzinfo=UTC), True),
        (DAY, datetime(2027, 3, 1, 12, 59, tzinfo=UTC), False),
        (DAY, datetime(2027, 3, 2, 1, 0, tzinfo=UTC), False),
        (DAY, datetime(2027, 3, 15, 12, 30, tzinfo=UTC), True),
        (LATE, datetime(2027, 3, 2, 6, 59, tzinfo=UTC), True),
        (LATE, datetime(2027, 3, 2, 7, 0, tzinfo=UTC), False),
        (LATE, datetime(2027, 3, 1, 23, 0, tzinfo=UTC), True),
        ((None, None), datetime(2027, 3, 1, 8, 0, tzinfo=UTC), True),
    ],
)
def test_the_desks_hours_are_the_hotels_own(hours: tuple[time | None, time | None], utc: datetime, is_open: bool) -> None:
    assert hotel(desk_opens=hours[0], desk_closes=hours[1]).desk_open(utc) is is_open
