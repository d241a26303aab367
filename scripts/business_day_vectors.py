#!/usr/bin/env python3
"""Makes Tests/Vectors/business-days.json: business days by Python's zoneinfo, an independent reader of
the time zone database, and by a definition of its own: minute by minute, when the wall first shows the cut.

  business_day_vectors.py > Tests/Vectors/business-days.json
"""

import datetime
import json
import sys
import zoneinfo

UTC = datetime.timezone.utc
# A change of the clock each, forwards and back, and what is odd: 45 minutes, half an hour, a month
# without daylight saving, a day that never was.
STRETCHES = [
    ("UTC", "2026-03-01", 3), ("Europe/Berlin", "2026-03-28", 3), ("Europe/Berlin", "2026-10-24", 3),
    ("America/New_York", "2026-03-07", 3), ("America/New_York", "2026-10-31", 3),
    ("Asia/Kathmandu", "2026-05-01", 2), ("Australia/Lord_Howe", "2026-04-04", 3),
    ("Australia/Lord_Howe", "2026-10-03", 3), ("Africa/Casablanca", "2026-02-14", 3),
    ("Africa/Casablanca", "2026-03-21", 3), ("Pacific/Apia", "2011-12-28", 5),
    ("America/Sao_Paulo", "2018-11-03", 3), ("Asia/Shanghai", "2026-11-27", 2),
]
CUTS = ["00:00", "00:30", "02:00", "02:30", "03:00", "04:00", "23:30"]
# Between the moments at which a business day begins, and the minute before each.
STEP = 3 * 3600


def offset(zone, moment):
    return int(zone.utcoffset(datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone)).total_seconds())


def main():
    vectors = []
    for name, first, days in STRETCHES:
        zone = zoneinfo.ZoneInfo(name)
        start = int(datetime.datetime.fromisoformat(first).replace(tzinfo=UTC).timestamp())
        end = start + days * 86400
        # Every change of the offset around the stretch: what a reader without a database needs.
        begin = start - 5 * 86400
        changes, last = [[begin, offset(zone, begin)]], offset(zone, begin)
        for moment in range(begin, end + 5 * 86400, 60):
            if (now := offset(zone, moment)) != last:
                changes.append([moment, now])
                last = now
        for cut in CUTS:
            hours, minutes = map(int, cut.split(":"))
            wanted = datetime.time(hours, minutes)
            # By definition: the date of the last minute at which the wall had first got to the cut of
            # a date that it had not got to before.
            reached, seen = None, []
            for moment in range(start - 3 * 86400, end, 60):
                wall = datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone)
                date = wall.date() if wall.time() >= wanted else wall.date() - datetime.timedelta(days=1)
                before, reached = reached, date if reached is None else max(date, reached)
                if moment >= start and (before != reached or (moment - start) % STEP == 0):
                    if before and before != reached:
                        seen.append((moment - 1, None, before.isoformat()))
                    seen.append((moment, wall.isoformat(), reached.isoformat()))
            vectors.append({"zone": name, "cut": cut, "changes": changes,
                            "moments": [list(entry) for entry in seen]})
    json.dump({"source": "scripts/business_day_vectors.py, tzdata " + tzdata(), "vectors": vectors},
              sys.stdout, separators=(",", ":"))
    print()


def tzdata():
    try:
        with open("/usr/share/zoneinfo/tzdata.zi") as database:
            return database.readline().removeprefix("# version ").strip()
    except OSError:
        return "unknown"


if __name__ == "__main__":
    main()
