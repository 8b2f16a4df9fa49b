"""Every figure beside its peer and its limit in the same run; docs/speed.md and its picture are made from them.

    make bench                      (or: python bench/run.py)
    make bench TOPICS="letters files"
    make bench BASELINE=1           what was measured becomes the baseline

A topic is a file beside this one with a function `figures(folder) -> Iterator[Figure]`, run in a process of its own;
a peer that is not installed is left out with a note (bench/peers.sh installs them). Kept: bench/results.json.
"""

import argparse
import dataclasses
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS, BASELINE = HERE / "results.json", HERE / "baseline.json"
PEERS = Path(os.environ.get("PEERS", HERE.parent / ".peers"))
DEARER = 1.2

sys.path.append(str(PEERS / "python"))


def topics() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if "\ndef figures(" in path.read_text(encoding="utf-8"))


def measure(topic: str) -> dict[str, Any]:
    """The figures of one topic, as they are kept."""
    from measure import yardstick

    with tempfile.TemporaryDirectory() as folder:
        load, before, found = os.getloadavg()[0], yardstick(), []
        module = importlib.import_module(topic)
        for figure in module.figures(Path(folder)):
            found.append(_short(dataclasses.asdict(figure)))
            print(line(found[-1]), flush=True)
    return {
        "taken": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "load": round(load, 1),
        "yardstick": _short((before + yardstick()) / 2),
        "left_out": list(getattr(module, "LEFT_OUT", ())),
        "figures": found,
    }


def machine() -> str:
    said = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((one.split(":")[1].strip() for one in said if one.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores, {cpu}, Python {platform.python_version()}, {platform.system()}"


def _short(value: Any) -> Any:
    """The same with numbers of four digits: the rest is noise, and makes every difference of two runs long."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def line(figure: dict[str, Any]) -> str:
    middle = statistics.median(figure["ours"])
    text = f"{figure['name']:<66} {middle:>10,.4g} {figure['unit']}"
    text += f" ({min(figure['ours']):,.4g} - {max(figure['ours']):,.4g})"
    for name, runs in (figure["peers"] | figure["limits"]).items():
        text += f"\n{'':<8}{middle / statistics.median(runs):.2f} x {name} ({statistics.median(runs):,.4g})"
    return text


def costs(results: dict[str, Any]) -> dict[str, float]:
    """CPU of every figure that has any, in yardsticks, so that a baseline of another machine still says something."""
    found = {}
    for topic, kept in results.items():
        for figure in kept["figures"]:
            runs = figure["cpu"] or (figure["ours"] if figure["unit"] == "CPU ms" else [])
            if runs:
                found[f"{topic}: {figure['name']}"] = _short(statistics.median(runs) / kept["yardstick"])
    return found


def dearer(now: dict[str, float], then: dict[str, float]) -> list[str]:
    """What costs more than a fifth more CPU than the baseline, dearest first."""
    worse = {name: now[name] / then[name] for name in now if then.get(name) and now[name] > then[name] * DEARER}
    return [f"{ratio:.2f} x  {name}" for name, ratio in sorted(worse.items(), key=lambda one: -one[1])]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("topics", nargs="*", help=", ".join(topics()))
    options.add_argument("--baseline", action="store_true", help="what is measured becomes the baseline")
    options.add_argument("--redraw", action="store_true", help="only make docs/speed.md again from what was measured")
    options.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.into:
        asked.into.write_text(json.dumps(measure(*asked.topics)), encoding="utf-8")
        return
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    failed = []
    for topic in [] if asked.redraw else asked.topics or topics():
        print(f"\n{topic}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            into = Path(folder) / "figures.json"
            subprocess.run([sys.executable, __file__, topic, "--into", into])
            if into.exists():
                results[topic] = json.loads(into.read_text(encoding="utf-8"))
                print("".join(f"  left out: {one}\n" for one in results[topic]["left_out"]), end="")
            else:
                failed.append(topic)
    results = {topic: results[topic] for topic in topics() if topic in results}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _page(results)
    now = costs(results)
    if asked.baseline or not BASELINE.exists():
        BASELINE.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    worse = dearer(now, json.loads(BASELINE.read_text(encoding="utf-8")))
    print("\nDearer by more than a fifth of CPU than the baseline:", *(worse or ["nothing"]), sep="\n  ")
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")


def _page(results: dict[str, Any]) -> None:
    from page import PAGE, PICTURE, page, picture

    PAGE.write_text(page(results), encoding="utf-8")
    PICTURE.write_text(picture(results), encoding="utf-8")


if __name__ == "__main__":
    main()
