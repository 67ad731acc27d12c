"""A page opened in a headless Chromium, and what a script in the page reports about it."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-sync", "--disable-background-networking", "--disable-component-update"),
    *("--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=8000"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars", "--dump-dom"),
]
# A window has a least width, a frame has none: the page is opened in a frame, which tells this page
AROUND = """<!doctype html><body style="margin: 0"><script>
addEventListener("message", event => {
  const result = document.createElement("pre");
  result.id = "probe";
  result.textContent = JSON.stringify(event.data);
  document.body.append(result);
});
</script><iframe src="probed.html%s" style="border: 0" width="%d" height="%d"></iframe></body>"""

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


def reported(text, script, folder, width, height, fragment="", dark=False):
    """What a script reports with parent.postMessage from a page (HTML) in a window of some size.

    Fails if the page writes anything to the console.
    """
    (folder / "probed.html").write_text(
        text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8"
    )
    around = folder / "around.html"
    around.write_text(AROUND % (fragment, width, height), encoding="utf-8")
    window = [f"--window-size={width + 200},{height + 200}", f"--user-data-dir={folder / 'user'}"]
    colours = ["--blink-settings=preferredColorScheme=0"] * dark
    command = [CHROMIUM, *FLAGS, *window, *colours, around.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert [line for line in done.stderr.splitlines() if ":CONSOLE" in line] == []
    return json.loads(unescape(re.search('<pre id="probe">(.*?)</pre>', done.stdout, re.S)[1]))
