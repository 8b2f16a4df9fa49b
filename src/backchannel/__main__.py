"""The command `backchannel`, also python -m backchannel."""

import os
import sys

from backchannel import __version__


def main() -> None:
    """Run the command. The version is told at once: all else first imports click, which takes three times as long."""
    if sys.argv[1:] == ["--version"] and "BACKCHANNEL_CLOCK" not in os.environ:
        print(f"backchannel, version {__version__}")
        return
    from backchannel.cli.main import main

    main()


if __name__ == "__main__":
    main()
