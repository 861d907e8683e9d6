"""Lighthouse on the built book: a mid-range phone on a slow mobile network.

``python benchmarks/lighthouse.py`` serves ``_build/html`` compressed, as GitHub Pages does, and
writes ``benchmarks/results/lighthouse.json`` and ``.md``. It needs Chromium, and Lighthouse from
npm: ``npx`` fetches it the first time, or ``LIGHTHOUSE`` names one that is installed. Lighthouse's
own mobile profile is used: 1.6 Mbit/s, 150 ms round trip, a processor four times slower.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results"
VERSION = "12"
PAGES = {
    "landing page": "book/index.html",
    "section 4": "book/04-conceptual-explanation.html",
    "section 4.4, stride and padding": "notebooks/04/04-04-stride-and-padding.html",
    "section 4.12, Grad-CAM": "notebooks/04/04-12-grad-cam.html",
    "section 20, quiz": "book/20-multiple-choice.html",
}
RUNS = 3  # the median of these is kept: a shared machine is noisy
CATEGORIES = ("performance", "accessibility", "best-practices")
METRICS = {
    "largest-contentful-paint": ("LCP", "s", 1_000),
    "first-contentful-paint": ("FCP", "s", 1_000),
    "total-blocking-time": ("TBT", "ms", 1),
    "cumulative-layout-shift": ("CLS", "", 1),
    "total-byte-weight": ("sent", "kB", 1_000),
}
TARGETS = {**dict.fromkeys(CATEGORIES, 95), "LCP": 2.0}
COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".txt"}


class Compressing(SimpleHTTPRequestHandler):
    """Sends text compressed and lets it be kept for ten minutes, as GitHub Pages does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = compressed(path) if path.suffix in COMPRESSED else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@cache
def compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes())


def served(site: Path) -> ThreadingHTTPServer:
    def handler(*args):
        return Compressing(*args, directory=str(site))

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def lighthouse(url: str) -> dict:
    """One report of Lighthouse."""
    program = os.environ.get("LIGHTHOUSE", f"npx --yes lighthouse@{VERSION}").split()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [*program, url, "--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--only-categories={','.join(CATEGORIES)}"]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-quic"]
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": chromium})
        return json.loads(report.read_text("utf-8"))


def row(report: dict) -> dict:
    """The scores (of 100) and the metrics of a report."""
    scores = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    metrics = {
        name: round(report["audits"][audit]["numericValue"] / unit, 3)
        for audit, (name, _, unit) in METRICS.items()
    }
    return scores | metrics


def findings(report: dict) -> list[str]:
    """What Lighthouse would have a page do better, worst first."""
    audits = [a for a in report["audits"].values() if a["score"] is not None and a["score"] < 0.9]
    return [
        f"{audit['id']} ({audit['score']})" for audit in sorted(audits, key=lambda a: a["score"])
    ]


def measured(site: Path) -> dict[str, dict]:
    """The median run (by LCP) of each page."""
    server = served(site)
    rows = {}
    for name, page in PAGES.items():
        url = f"http://127.0.0.1:{server.server_port}/{page}"
        reports = sorted((lighthouse(url) for _ in range(RUNS)), key=lambda r: row(r)["LCP"])
        median = reports[len(reports) // 2]
        rows[name] = row(median)
        print(name, rows[name], *findings(median), sep="\n    ", flush=True)
    server.shutdown()
    return rows


def table(rows: dict[str, dict]) -> str:
    names = [*CATEGORIES, *(name for name, _, _ in METRICS.values())]
    units = {name: f" ({unit})" if unit else "" for name, unit, _ in METRICS.values()}
    head = " | ".join(f"{name}{units.get(name, '')}" for name in names)
    lines = [f"| page | {head} |", "|---" * (len(names) + 1) + "|"]
    for page, values in rows.items():
        lines.append(f"| {page} | " + " | ".join(f"{values[name]:g}" for name in names) + " |")
    return "\n".join(lines)


def missed(rows: dict[str, dict]) -> list[str]:
    """The targets that are not met."""
    return [
        f"{page}: {name} is {values[name]:g}, target {target:g}"
        for page, values in rows.items()
        for name, target in TARGETS.items()
        if (values[name] > target if name == "LCP" else values[name] < target)
    ]


def main():
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build/html"
    if not (site / "index.html").exists():
        raise FileNotFoundError(f"{site} holds no built book; run `make book SERVE=0` first")
    rows = measured(site)
    (RESULTS / "lighthouse.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    text = f"Median of {RUNS} runs with Lighthouse {VERSION}, mobile profile.\n\n{table(rows)}\n"
    (RESULTS / "lighthouse.md").write_text(text, "utf-8")
    print(table(rows), *missed(rows), sep="\n")


if __name__ == "__main__":
    main()
