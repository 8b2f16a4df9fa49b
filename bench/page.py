"""docs/speed.md and its picture, from the figures of bench/results.json."""

import importlib
import math
import statistics
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PICTURE = DOCS / "speed.md", DOCS / "speed.svg"

Kept = dict[str, Any]

HEAD = """# Speed

Made by `make bench` from [its figures](../bench/results.json); do not change it by hand. Each figure was taken beside
its peer and its limit in one run, by turns after a warm-up: the middle of the runs, the smallest and the largest in
brackets. CPU time, syncs and bytes hold on any machine. Wall time does not, least where other programs ran too: a load
far above the cores says so. How to repeat it and to add to it: [bench/README.md](../bench/README.md). No test fails on
time.

![Every goal and how far we are from it](speed.svg)
"""


def page(results: Kept) -> str:
    goals = [one for kept in results.values() for figure in kept["figures"] for one in judged(figure)]
    met = sum(one["met"] for one in goals)
    missed = [one for one in goals if not one["met"]]
    text = HEAD + f"\n{met} of {len(goals)} goals are met.\n"
    if missed:
        text += "\n## Goals that are missed\n"
        for one in missed:
            text += f"\n- **{one['figure']}**: {one['said']}; asked: {one['asked']}; missed by {one['by']}."
            text += f" {one['missed']}" if one["missed"] else ""
        text += "\n"
    for topic, kept in results.items():
        load = f"; load {kept['load']} before it began" if kept.get("load", 0) >= 1 else ""
        text += f"\n## {_title(topic)}\n\n{kept['taken'][:10]}, {kept['machine']}{load}.\n\n"
        text += "| what | unit | ours | beside | goal | met |\n| --- | --- | --- | --- | --- | --- |\n"
        text += "".join(map(_row, kept["figures"]))
        notes = [f"{one['name']}: {one['note']}" for one in kept["figures"] if one["note"]]
        notes += [f"Left out: {one}" for one in kept["left_out"]]
        text += "".join(f"\n{note}\n" for note in notes)
    return text


def _title(topic: str) -> str:
    return (importlib.import_module(topic).__doc__ or topic).split("\n", 1)[0].rstrip(".")


def _row(figure: Kept) -> str:
    middle = statistics.median(figure["ours"])
    beside = [
        f"{name}: {_runs(runs)} ({middle / statistics.median(runs):.2f} ×)"
        for name, runs in (figure["peers"] | figure["limits"]).items()
    ]
    goals = judged(figure)
    cells = [
        figure["name"], figure["unit"], _runs(figure["ours"]), "<br>".join(beside),
        "<br>".join(one["asked"] for one in goals),
        "<br>".join("yes" if one["met"] else f"**no**, by {one['by']}" for one in goals),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _runs(runs: list[float]) -> str:
    middle = _number(statistics.median(runs))
    return f"{middle} [{_number(min(runs))}–{_number(max(runs))}]" if len(runs) > 1 else middle


def _number(value: float) -> str:
    places = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{places}f}"


def judged(figure: Kept) -> list[Kept]:
    """Each goal whose peer was there: what is asked, what is, and `reach`: how many times better than asked."""
    found, middle, beside = [], statistics.median(figure["ours"]), figure["peers"] | figure["limits"]
    for goal in figure["goals"]:
        if goal["of"] and goal["of"] not in beside:
            continue
        ratio = middle / statistics.median(beside[goal["of"]]) if goal["of"] else middle
        reach = ratio / goal["ratio"] if figure["more"] else goal["ratio"] / ratio if ratio else math.inf
        unit = f" × {goal['of']}" if goal["of"] else f" {figure['unit']}"
        found.append(
            {
                "figure": figure["name"],
                "asked": f"at {'least' if figure['more'] else 'most'} {goal['ratio']:g}{unit}",
                "said": f"{_number(ratio)}{unit}",
                "met": reach >= 1,
                "reach": reach,
                "by": f"{1 / reach:.0f} times" if reach < 1 / 3 else f"{abs(1 / reach - 1):.0%}",
                "missed": goal["missed"],
            }
        )
    return found


WIDE, LEFT, RIGHT, ROW, TOP = 1000, 470, 150, 26, 56
GOOD, BAD, INK, PALE = "#2f7d4f", "#b3452c", "#1f2328", "#d8dde3"
MOST = 16.0


def picture(results: Kept) -> str:
    """A bar for each goal, from the line where it is met: right is better, left worse, on a scale of halves."""
    goals = [one for kept in results.values() for figure in kept["figures"] for one in judged(figure)]
    return "\n".join(_drawn(goals)) + "\n"


def _drawn(goals: list[Kept]) -> Iterator[str]:
    high = TOP + ROW * len(goals) + 20
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" font-family="sans-serif" font-size="13"'
        f' fill="{INK}" role="img"><title>Every goal and how far we are from it</title>'
    )
    yield f'<rect width="{WIDE}" height="{high}" rx="8" fill="#ffffff"/>'
    for times in (0.25, 0.5, 1, 2, 4, 8, 16):
        x = _x(times)
        said = "goal" if times == 1 else f"{times:g} ×"
        yield f'<line x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{high - 12}" stroke="{INK if times == 1 else PALE}"/>'
        yield f'<text x="{x}" y="{TOP - 18}" text-anchor="middle">{said}</text>'
    yield f'<text x="{_x(1) + 6}" y="20" font-size="12">better than asked →</text>'
    for at, one in enumerate(goals):
        y, reach = TOP + ROW * at, min(max(one["reach"], 1 / 4), MOST)
        left, right = sorted((_x(1), _x(reach)))
        name = one["figure"] if len(one["figure"]) < 62 else one["figure"][:60] + "…"
        yield f'<text x="{LEFT - 70}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'
        colour = GOOD if one["met"] else BAD
        yield f'<rect x="{left}" y="{y + 4}" width="{max(2.0, right - left):.1f}" height="{ROW - 9}" fill="{colour}"/>'
        says = f"{one['said']} ({one['asked'].split(' × ')[0]})"
        full = f"<title>{escape(one['asked'])}</title>"
        yield f'<text x="{right + 6:.1f}" y="{y + 16}" font-size="11">{full}{escape(says)}</text>'
    yield "</svg>"


def _x(times: float) -> float:
    """Where so many times better than the goal stands: a quarter at the left edge, sixteen times at the right."""
    return round(LEFT - 60 + (WIDE - LEFT - RIGHT) * (math.log2(times) + 2) / (math.log2(MOST) + 2), 1)
