"""backchannel demo: the exchange of 2014, replayed; every step a real process and a real file."""

from pathlib import Path

import click


@click.command()
@click.argument("year", type=click.Choice(["2014", "2024"]), default="2014")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep all that is made in this new folder."
)
def demo(year: str, keep: Path | None) -> None:
    """A tour: an exchange between two offices without a line, through go-betweens, on a clock moved by hand.

    2014: a letter in English and Persian and an assurance by two ways, and the answer. 2024: a deniable warning, its
    answer, and a meeting without a mandate. Takes some seconds; nothing outside a temporary folder is touched.
    """
    import runpy
    from importlib import resources

    from backchannel.cli.stage import play

    file = resources.files("backchannel") / "examples" / year / "exchange.py"
    play(runpy.run_path(str(file))["story"], keep)
