"""What is said at the end, and whether it was good."""

import json
import re
from collections import Counter
from pathlib import Path

HEADINGS = {
    "whole": "whole",
    "error": "clear errors",
    "left": "left by the client",
    "wrong": "TRUNCATED OR WRONG",
    "hung": "HUNG",
}
CAUSES = {"plan": "failed over", "retry": "tried again", "hedge": "hedged", "rescue": "rescued"}
# Of what went wrong, so many are told one by one.
SHOWN = 20
# How requests that ended so for the client may be recorded.
OUTCOMES = {"whole": {"answered"}, "error": {"failed", "broken"}}


async def report(soak):
    """Prints the figures; `True`: all is well. Traces of what went wrong are left in the folder."""
    rows = await soak.house.recorded()
    bad = _ends(soak.asked)
    bad |= _records(soak.asked, rows)
    await _paths(soak, rows)
    _latency(soak.asked)
    print(f"  memory: {soak.idle:.1f} MB idle, {soak.highest:.1f} MB highest, {soak.after:.1f} MB after", end=" ")
    print(f"({soak.allowed:.1f} MB allowed)")
    return not bad and soak.after <= soak.allowed


def _ends(asked):
    print(f"\n{len(asked)} requests")
    for end, heading in HEADINGS.items():
        those = [one for one in asked if one.end == end]
        print(f"  {heading}: {len(those)}")
        if end == "error":
            kinds = Counter(f"{one.lane}: {re.sub(r'/m[0-9]', '', one.why)}" for one in those)
            for kind, count in kinds.most_common():
                print(f"    {count} x {kind}")
        elif end in ("wrong", "hung"):
            for fault, count in Counter(one.faults[-1].partition(": ")[2] for one in those if one.faults).most_common():
                print(f"    {count} x {fault}, as the last call's fault")
            for one in those[:SHOWN]:
                print(f"    {one.task.id}, request {one.id}, {one.lane}, {one.combo}: {one.why}\n      {one.faults}")
            if len(those) > SHOWN:
                print(f"    and {len(those) - SHOWN} more, all in the folder")
    return any(one.end in ("wrong", "hung") for one in asked)


def _records(asked, rows):
    astray = []
    for one in asked:
        outcome = rows.get(one.id, {}).get("outcome")
        if one.id and (outcome is None or outcome not in OUTCOMES.get(one.end, {outcome})):
            astray.append(f"{one.task.id}, request {one.id}, {one.lane}, {one.end}: {outcome}")
    print(f"  recorded: {len(rows)} of {len(asked)}; not at all or with another outcome: {len(astray)}")
    for line in astray:
        print(f"    {line}")
    return bool(astray) or len(rows) != len(asked)


async def _paths(soak, rows):
    """How requests came to their answers, by their traces."""
    causes = Counter()
    wanted = {one.id: one for one in soak.asked if one.id and one.end in ("wrong", "hung", "error")}
    for name, row in rows.items():
        if row["attempts"] > 1 or name in wanted:
            page = await soak.house.api("GET", f"/requests/{name}")
            causes.update({attempt["cause"] for attempt in page["attempts"][1:]})
            if one := wanted.get(name):
                Path(soak.folder, f"{one.end}-{one.task.id}.json").write_text(json.dumps(page, indent=1))
    print(f"  {', '.join(f'{causes[cause]} {name}' for cause, name in CAUSES.items())}")
    faults = Counter(fault.partition(": ")[2] for one in soak.asked for fault in one.faults)
    print(f"  {faults.total()} calls: {', '.join(f'{count} {fault}' for fault, count in faults.most_common())}")


def _latency(asked):
    calm = [one for one in asked if one.end == "whole" and len(one.faults) == 1 and one.faults[0].endswith("well")]
    for what, times in (("first byte", [one.first_s for one in calm]), ("last byte", [one.total_s for one in calm])):
        p50, p99 = (round(_quantile(times, part) * 1000) for part in (0.5, 0.99))
        print(f"  {what} of {len(calm)} requests without a fault, pauses included: {p50} ms p50, {p99} ms p99")


def _quantile(times, part):
    return sorted(times)[int(len(times) * part)] if times else 0
