"""The page of the line of time in a real browser: nothing sticks out, directions are right, and it prints on A4.

Left out where no browser is: Debian's package `chromium` is enough, and `fonts-noto-core` for its writing.
"""

import json
import re
import shutil
import subprocess

import pytest
from lines import line_of, records, speech

from backchannel.letters.spoken_dates import LANGUAGES
from backchannel.terms.timeline_page import page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser: install chromium to look at the page")
MEASURE = """<script>
const all = [...document.querySelectorAll("main *")], wide = document.documentElement.clientWidth;
const box = one => one.getBoundingClientRect();
const heads = [...document.querySelectorAll("thead")].find(one => box(one).width);
document.title = JSON.stringify({
  wide, scroll: document.documentElement.scrollWidth,
  out: all.filter(one => !one.closest("svg") && (box(one).right > wide + 1 || box(one).left < -1)).length,
  dir: getComputedStyle(document.body).direction,
  cells: heads ? [...heads.querySelectorAll("th")].map(one => Math.round(box(one).left)) : [],
  open: [...document.querySelectorAll("details[open] tr[class]")].filter(one => box(one).height > 8).length,
});
</script>"""


def browse(folder, *options):
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=100, check=True).stdout


def measured(folder, text, width):
    """What a browser makes of the page at that width: a copy of it that may run a script says so."""
    copy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text).replace("</body>", MEASURE + "</body>")
    (folder / "copy.html").write_text(copy, encoding="utf-8")
    found = browse(folder, f"--window-size={width},900", "--dump-dom", (folder / "copy.html").as_uri())
    return json.loads(re.search(r"<title>(.*?)</title>", found)[1])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_in_a_browser(tmp_path, lang):
    line = line_of(records())
    text = page(line, speech(lang))
    for width in (1280, 500):
        seen = measured(tmp_path, text, width)
        assert seen["scroll"] <= seen["wide"], seen
        assert seen["out"] == 0, seen
        assert seen["dir"] == ("ltr" if lang == "en" else "rtl")
        assert seen["open"] == len(line.items)
        if width == 1280:
            assert len(set(seen["cells"])) == 8
            assert seen["cells"] == sorted(seen["cells"], reverse=lang != "en")


def test_it_prints_on_a4_with_every_row_of_closed_months(tmp_path):
    """Also what is closed on the screen is on paper; sheets are A4 on their side."""
    text = page(line_of(records()), speech("fa"))
    sizes = {}
    for name, shown in (("open", text), ("closed", text.replace(" open>", ">"))):
        (tmp_path / f"{name}.html").write_text(shown, encoding="utf-8")
        out = tmp_path / f"{name}.pdf"
        browse(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={out}", (tmp_path / f"{name}.html").as_uri())
        boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", out.read_bytes())
        assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(842, 595)}
        sizes[name] = len(boxes)
    assert sizes["closed"] == sizes["open"] > 3


def test_it_runs_nothing_and_fetches_nothing(tmp_path):
    """A script put into the page does not run: its own head forbids it."""
    text = page(line_of(records()), speech("en")).replace("</body>", '<script>document.title="ran"</script></body>')
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert "<title>ran</title>" not in browse(tmp_path, "--dump-dom", (tmp_path / "page.html").as_uri())
