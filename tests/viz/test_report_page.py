"""report.html in a real browser: it moves, shows no errors, and loads nothing."""

import json
import re
import shutil
import subprocess
from base64 import b64decode
from functools import cache
from html import unescape

import numpy as np
import pytest

from minigan import runs, viz
from minigan.viz.report import draw_report

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-sync",
    ),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *(
        "--enable-logging=stderr",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--virtual-time-budget=5000",
        "--dump-dom",
    ),
]
PLANE = "batch_loss_D batch_loss_G modes high_quality jsd_bound"
PROBE = """<script>
const seen = {errors: []}, look = () => [at("picture").innerHTML, at("numbers").innerHTML, at("number").textContent];
addEventListener("error", event => seen.errors.push(event.message));
addEventListener("securitypolicyviolation", event => seen.errors.push(event.violatedDirective));
function move(n) { at("slider").value = n; at("slider").dispatchEvent(new Event("input", {bubbles: true})); }
const first = look();
move(at("slider").max);
const last = look();
at("back").click();
const before = look();
at("forth").click();
seen.moved = first.map((part, k) => part !== last[k]);
seen.stepped = before[2] !== last[2] && look().every((part, k) => part === last[k]);
move(0);
seen.returned = look().every((part, k) => part === first[k]);
seen.curves = Array.from(document.querySelectorAll("[data-curve]"), path => path.dataset.curve);
seen.shades = Array.from(document.querySelectorAll("[data-shade]"), path => path.dataset.shade);
seen.maps = document.querySelectorAll("image").length;
seen.words = at("picture").textContent;
seen.broken = /NaN|undefined|Infinity/.test([first, last].flat().join());
seen.numbers = [first[2], last[2]];
seen.table = at("numbers").innerText;
at("play").click();
setTimeout(() => {
  seen.played = look()[2] !== first[2] && at("play").textContent === "pause";
  const loaded = performance.getEntriesByType("resource").map(entry => entry.name);
  seen.asked = loaded.filter(name => !name.startsWith("data:"));
  const result = document.createElement("pre");
  result.id = "probe";
  result.textContent = JSON.stringify(seen);
  document.body.append(result);
}, 1000);
</script></body>"""


@cache
def played(data, objective="non-saturating", **options):
    settings = {"data": data, "objective": objective, "steps": 120, "batch": 16, **options}
    task = runs.GANTask(runs.configure("gan", settings))
    for _ in range(120):
        task.step()
    return task


def operated(page, tmp_path):
    probed = tmp_path / "probed.html"
    probed.write_text(page.read_text(encoding="utf-8").replace("</body>", PROBE), encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'user'}", probed.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert ":CONSOLE" not in done.stderr, done.stderr
    return json.loads(unescape(re.search('<pre id="probe">(.*?)</pre>', done.stdout, re.S)[1]))


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize(
    ("data", "objective", "curves"),
    [
        ("gaussian", "non-saturating", "p g d best batch_loss_D loss floor regret jsd angle"),
        ("gaussian", "wgan-gp", "p g d batch_loss_D jsd angle"),
        ("ring8", "hinge", PLANE),
    ],
)
def test_a_browser_opens_and_operates_it(tmp_path, data, objective, curves):
    page = tmp_path / "report.html"
    draw_report(played(data, objective).recorder, page, "A <title>", "Words & </script> more.")
    seen = operated(page, tmp_path)
    assert seen["errors"] == seen["asked"] == [] and not seen["broken"]
    assert all(seen[name] for name in ("stepped", "returned", "played")) and all(seen["moved"])
    assert seen["numbers"] == ["update 1", "update 120"]
    assert seen["curves"] == curves.split()
    assert seen["maps"] == (data == "ring8") and "D is not drawn" not in seen["words"]
    for words in (seen["table"], seen["words"]):
        assert bool(re.search("lower bound.*from mode counts only", words)) == (data == "ring8")
    assert seen["shades"] == (["jsd_bound"] if data == "ring8" else [])


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize(
    ("data", "options", "judged", "curves"),
    [
        ("gaussian", {"pack": 2}, "samples, 2 at once.", "p g batch_loss_D jsd angle"),
        ("ring8", {"bigan": True}, "pairs of a sample and its h.", PLANE),
        ("ring8", {"bigan": True, "pack": 4}, "pairs of a sample and its h, 4 at once.", PLANE),
    ],
)
def test_d_is_not_drawn_if_it_judges_several_points_or_pairs(
    tmp_path, data, options, judged, curves
):
    page = tmp_path / "report.html"
    draw_report(played(data, **options).recorder, page, "t", "w")
    seen = operated(page, tmp_path)
    assert seen["errors"] == [] and not seen["broken"] and all(seen["moved"])
    assert seen["curves"] == curves.split() and not seen["maps"]
    assert f"D is not drawn, because it is not a function of x: it judges {judged}" in seen["words"]


@pytest.mark.parametrize(
    ("data", "objective", "equation", "best"),
    [
        ("gaussian", "non-saturating", True, "D*, the best"),
        ("gaussian", "r1", True, "D*, the best without the penalty"),
        ("gaussian", "hinge", False, "D*, the best"),
        ("ring8", "hinge", False, None),
    ],
)
def test_the_page_states_the_equation_only_if_it_holds(tmp_path, data, objective, equation, best):
    draw_report(played(data, objective=objective).recorder, tmp_path / "report.html", "t", "w")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page_data = json.loads(re.search(r"const run = (\{.*\});\n", text)[1])
    assert (
        ("is a check, not a definition" in text)
        == equation
        == (page_data["numbers"].get("loss", [None])[0] is not None)
    )
    assert ("The equation of loss and JSD does not hold here" in text) == (
        page_data["panels"][0]["title"] == "D's loss, of the minibatch"
    )
    assert page_data.get("bestName") == best and ("what it is made of" in text) == equation


@pytest.mark.parametrize("data", ["gaussian", "ring8"])
def test_the_page_is_one_file_and_names_no_other(tmp_path, data):
    page = tmp_path / "report.html"
    draw_report(played(data).recorder, page, "A <title>", "words")
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text and "<h1>A &lt;title&gt;</h1>" in text
    assert not re.search(r"https?:|//cdn|\bsrc=|url\((?!#)|@import|fetch\(|XMLHttp|import\(", text)
    assert "$" not in re.sub(r"\$\{", "", text)  # every part is filled in
    assert len(text) < 200_000 and list(tmp_path.iterdir()) == [page]


def test_the_page_holds_the_numbers_of_the_records(tmp_path):
    recorder = played("gaussian").recorder
    draw_report(recorder, tmp_path / "report.html", "t", "w")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page_data = json.loads(re.search(r"const run = (\{.*\});\n", text)[1])
    assert page_data["updates"] == [record.update for record in recorder.records]
    assert page_data["numbers"]["loss"] == [record.numbers["loss"] for record in recorder.records]
    assert max(map(abs, page_data["numbers"]["difference"])) < 1e-9
    for name in ("samples", "density", "output"):
        packed = page_data["arrays"][name]
        levels = np.frombuffer(b64decode(packed["text"]), "<u2").reshape(
            len(recorder.records), packed["size"]
        )
        values = packed["low"] + (packed["high"] - packed["low"]) * levels / 65535
        frames = np.stack([record.arrays[name].ravel() for record in recorder.records])
        if name == "output":  # a logit, of which the page draws the probability
            frames = frames.clip(-20, 20)
        np.testing.assert_allclose(
            values, frames, rtol=0, atol=(packed["high"] - packed["low"]) / 1e5
        )


def test_runs_of_points_have_a_report_and_runs_of_images_do_not(tmp_path):
    for data, wanted in (("gaussian", True), ("digits8", False)):
        config = runs.configure(
            "gan", {"data": data, "steps": 2, "batch": 4, "latent": 2, "features": 2}
        )
        run, task = runs.begin(config, tmp_path / data)
        for _ in runs.train(run, task):
            pass
        viz.draw_run(run, task)
        assert (run.path / "report.html").exists() == wanted


def test_a_recorder_without_records_is_refused(tmp_path):
    task = runs.GANTask(runs.configure("gan", {"data": "gaussian", "batch": 4}))
    with pytest.raises(ValueError, match="draw_report: recorder has no records"):
        draw_report(task.recorder, tmp_path / "report.html", "t", "w")
    assert not list(tmp_path.iterdir())
