"""The command `backchannel`, also python -m backchannel."""

import gc
import os
import sys

from backchannel import __version__


def main() -> None:
    """Run the command. The version is told at once: all else first imports click, which takes three times as long."""
    if sys.argv[1:] == ["--version"] and "BACKCHANNEL_CLOCK" not in os.environ:
        print(f"backchannel, version {__version__}")
        return
    gc.set_threshold(50_000)  # what a start makes stays: to look through it every 700 objects is a twelfth of the start
    from backchannel.cli.main import main

    try:
        main()
    finally:
        gc.freeze()  # nor is it looked through at the end, which was a seventh of a command


if __name__ == "__main__":
    main()
