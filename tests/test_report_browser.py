"""The report in a real browser: nothing is fetched, nothing runs, nobody is shut out, nothing is cut off.

Needs the Debian package `chromium`; skipped with a reason where it is missing.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.show.report import write_report

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs the browser chromium")

#: A browser that is left alone: no updates, no reports home.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = [
    "<script>document.title='owned';window.owned=1</script>",
    "</style><style>*{display:none}</style>",
    '"><img src=https://pruef.example/x.png onerror="window.owned=1">',
    "{{ 7 * 7 }} </textarea></title><svg onload=window.owned=1>",
    "\u202egnal \u2066und \u2067verkehrt \u202b",
    "Null\x00byte \x1b[31m \x9b rot",
    "Donaudampfschifffahrtsgesellschaft" * 60,
    "שלום עולם, wie geht es? مرحبا بالعالم",
    "👩‍👩‍👧 und 🚂🏳️‍🌈" * 20,
    "Z\u0321\u0308\u0300\u0301" * 80,
]
WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report on posts that attack it, with everything that a report can have."""
    random = np.random.default_rng(0)
    rows = []
    for post in range(60):
        text = HOSTILE[post % len(HOSTILE)]
        voice, tracks = random.random(2)
        described = {"post_id": f"{post} {text}", "role": "body", "language": ["de", "de", "en"][post % 3], "error": ""}
        for rank, thesis in enumerate((3, 17), start=1):
            numbers = {
                "broadcast": voice,
                "rank": rank,
                "thesis": thesis,
                "tracks": tracks / rank,
                "score": tracks - voice,
            }
            rows.append({**dict.fromkeys(schema.SCORES, 0), **described, "text": f"{text} und sonst?", **numbers})
    rows[0] |= {"error": f"Fehler in {HOSTILE[2]}"}
    del rows[1]
    scores = schema.conform(pd.DataFrame(rows), schema.SCORES)
    post = scores["post_id"].str.split().str[0].astype(int)
    scores["company"] = [HOSTILE[number % len(HOSTILE)] for number in post]
    scores["title"] = [HOSTILE[(number + 3) % len(HOSTILE)] for number in post]
    scores["url"] = ["javascript:window.owned=1" if number % 2 else "https://gut.example/" for number in post]
    scores["published"] = pd.Timestamp("2009-01-10", tz="UTC") + pd.to_timedelta(post * 20, unit="D")
    names = ("cluetrain_nlp", "model", "model_sha256", "theses_sha256", "encoder", "pipeline", "unit")
    scores.attrs = {name: f"{name} {HOSTILE[0]}" for name in names}
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(scores, path, by="company", title=HOSTILE[0])


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, report):
    """Open the report in a fresh context; what the page asked for and complained of is kept."""
    contexts = []

    def opened(width="desk", **options):
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.requested, page.complaints = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(report.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def test_nothing_is_fetched_nothing_runs_and_nothing_is_blocked(open_page, report):
    page = open_page()
    assert page.requested == [report.as_uri()]
    assert page.complaints == []
    assert page.evaluate("window.owned") is None
    assert page.title().startswith("<script>")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"  # the sheet applies
    assert page.locator("script, img, iframe, object, embed, link").count() == 0
    assert page.locator("style").count() == 1


def test_the_policy_would_stop_what_got_through(open_page):
    page = open_page()
    added = """() => {
        const script = document.createElement('script'); script.textContent = 'window.owned = 1';
        const image = document.createElement('img'); image.src = 'https://pruef.example/x.png';
        const style = document.createElement('style'); style.textContent = 'main { max-width: none !important }';
        document.body.append(script, image, style);
    }"""
    page.evaluate(added)
    assert page.evaluate("window.owned") is None
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"
    assert len([complaint for complaint in page.complaints if "Content Security Policy" in complaint]) == 3


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_page, width, scheme):
    # Only axe needs to get past the policy: it is a script.
    page = open_page(width, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = axe_playwright.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 20


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_out_of_the_page(open_page, width):
    page = open_page(width)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    outside = """() => [...document.querySelectorAll('main *')].filter(one => !one.closest('.scroll, .sr, svg')
        && (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1))
        .map(one => one.outerHTML.slice(0, 200))"""
    assert page.evaluate(outside) == []


def test_the_keyboard_reaches_everything_in_order(open_page):
    page = open_page("phone")
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        what = """() => { const one = document.activeElement;
            const what = one.getAttribute('role') || one.getAttribute('href') || '';
            return one === document.body ? null : [one.tagName, what, getComputedStyle(one).outlineStyle,
            [...document.querySelectorAll('*')].indexOf(one)] }"""
        focused = page.evaluate(what)
        if focused is None:
            break
        seen.append(focused)
    assert seen[0][:2] == ["A", "#main"]
    assert [place for *_, place in seen] == sorted(place for *_, place in seen)
    assert all(outline != "none" for *_, outline, _ in seen)
    regions = [focused for focused in seen if focused[1] == "region"]
    closed = page.locator("details .scroll").count()
    assert len(regions) == page.locator(".scroll").count() - closed
    assert len([focused for focused in seen if focused[0] == "SUMMARY"]) == page.locator("summary").count()
    page.keyboard.press("Shift+Tab")
    page.goto(page.url + "#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_headings_go_down_one_level_at_a_time(open_page):
    levels = open_page().evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_turned_texts_turn_nothing_around_them(open_page):
    page = open_page()
    assert page.locator(".passage .text:not([dir=auto])").count() == 0
    directions = page.evaluate("[...document.querySelectorAll('.where')].map(one => getComputedStyle(one).direction)")
    assert set(directions) == {"ltr"}


def test_it_prints_on_paper_with_nothing_cut_off(open_page):
    page = open_page()
    page.emulate_media(media="print", color_scheme="dark")
    # A4 without its margins, in CSS pixels.
    page.set_viewport_size({"width": 680, "height": 990})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    cut = """() => [...document.querySelectorAll('main .scroll')].filter(one => one.offsetParent !== null
        && one.scrollWidth > one.clientWidth + 1).map(one => one.id)"""
    assert page.evaluate(cut) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    assert 20_000 < len(pdf) < 5_000_000


def test_dark_and_light_differ(open_page):
    colours = [
        open_page(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours[0] != colours[1]
