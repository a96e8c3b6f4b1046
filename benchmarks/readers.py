"""Measure how fast each format is read, and in how much memory, on made-up posts.

    python benchmarks/readers.py --megabytes 1000 [format ...]

Writes each format into a temporary folder, which needs the space, and reads it as a stream of 1000 posts a frame, in a
process of its own. "MB": what was written, before packing. "peak": the most memory that the process has had, with
some 150 MB of imports. "lost": posts that did not come back, or came back with an error. With --profile the functions
that take most time are listed instead, and the times mean little.
"""

import argparse
import cProfile
import gzip
import html
import json
import pstats
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from cluetrain_nlp.posts.read import read_frames

WHO = "Wir|Die Kundin|Unser Lieferant aus Görlitz|Der Verein|Niemand im Haus|Eine Leserin|Das Rathaus|Herr Şahin"
DOES = "fragt|schreibt|erzählt|wartet auf Antwort|hört zu|baut um|widerspricht|rechnet nach|übersetzt|prüft"
WHEN = "seit Dienstag|an der Theke|im Forum|ohne Umschweife|zum dritten Mal|für 12,50 €|am Telefon|vor der Messe"
WHY = (
    "weil die neue Preisliste niemandem etwas sagt|obwohl „Kundennähe“ über der Tür steht|und das ist gut so|"
    "damit die Größe stimmt|denn im Büro – so heißt es – geht keiner mehr ans Telefon|als wäre nichts gewesen"
)
PARAGRAPHS = 4000
NAVIGATION = "".join(f'<li><a href="/thema/{number}">Thema {number}</a></li>' for number in range(20))


class Post(NamedTuple):
    """A made-up post."""

    number: int
    title: str
    paragraphs: list[str]

    @property
    def text(self) -> str:
        """The paragraphs, with an empty line between two."""
        return "\n\n".join(self.paragraphs)

    @property
    def url(self) -> str:
        """Where it would stand."""
        return f"https://blog.example/2024/{self.number}"

    @property
    def markup(self) -> str:
        """The paragraphs as HTML."""
        link = f'<p>Mehr dazu <a href="{self.url}/mehr">in diesem Beitrag</a>, <em>bald</em> &amp; später.</p>'
        return "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in self.paragraphs) + "\n" + link


def invent() -> Iterator[Post]:
    """Give posts without end, always the same ones."""
    generator = random.Random(0)  # noqa: S311 - no secrets
    parts = [part.split("|") for part in (WHO, DOES, WHEN, WHY)]

    def sentence() -> str:
        who, does, when, why = (generator.choice(part) for part in parts)
        return f"{who} {does} {when}, {why}."

    pool = [" ".join(sentence() for _ in range(generator.randint(2, 8))) for _ in range(PARAGRAPHS)]
    for number in count():
        yield Post(number, f"Notiz {number}: {generator.choice(parts[3])}", generator.choices(pool, k=7))


class Output(Protocol):
    """Anything that bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


#: How many bytes, and how many posts.
Written = tuple[int, int]


def whole(head: str, post: Callable[[Post], str], between: str, foot: str) -> Callable[[Output, int], Written]:
    """Make the writer of a format with all posts in one file."""

    def write(output: Output, size: int) -> Written:
        output.write(head.encode())
        done = posts = 0
        for each in invent():
            piece = ((between if posts else "") + post(each)).encode()
            output.write(piece)
            done, posts = done + len(piece), posts + 1
            if done >= size:
                break
        output.write(foot.encode())
        return done, posts

    return write


def wxr(post: Post) -> str:
    comments = "".join(
        f"<wp:comment><wp:comment_author><![CDATA[Leser {number}]]></wp:comment_author>"
        f"<wp:comment_date_gmt>2024-03-0{number} 10:00:00</wp:comment_date_gmt><wp:comment_approved>1"
        f"</wp:comment_approved><wp:comment_content><![CDATA[{post.paragraphs[number]}]]></wp:comment_content></wp:comment>"
        for number in (1, 2)
    )
    blocks = "\n\n".join(
        f"<!-- wp:paragraph -->\n<p>{html.escape(paragraph)}</p>\n<!-- /wp:paragraph -->"
        for paragraph in post.paragraphs
    )
    return (
        f"<item><title><![CDATA[{post.title}]]></title><link>{post.url}</link><guid>{post.url}</guid>"
        f"<dc:creator><![CDATA[petra]]></dc:creator><content:encoded><![CDATA[{blocks}\n"
        f'[gallery ids="1,2,3"] [caption id="a"]<img src="x.jpg"/> Der Stand [/caption]]]></content:encoded>'
        f"<wp:post_date_gmt>2024-03-01 08:00:00</wp:post_date_gmt><wp:status>publish</wp:status>"
        f"<wp:post_type>post</wp:post_type>{comments}</item>\n"
    )


def rss(post: Post) -> str:
    return (
        f"<item><title>{html.escape(post.title)}</title><link>{post.url}</link><guid>{post.url}</guid>"
        f"<pubDate>Fri, 01 Mar 2024 08:00:00 +0100</pubDate>"
        f"<description>{html.escape(post.markup)}</description></item>\n"
    )


def atom(post: Post) -> str:
    return (
        f'<entry><title>{html.escape(post.title)}</title><id>{post.url}</id><link href="{post.url}"/>'
        f"<published>2024-03-01T08:00:00Z</published><author><name>Petra Vogt</name></author>"
        f'<content type="html">{html.escape(post.markup)}</content></entry>\n'
    )


def json_feed(post: Post) -> str:
    item = {"id": post.url, "url": post.url, "title": post.title, "content_html": post.markup}
    return json.dumps({**item, "date_published": "2024-03-01T08:00:00Z"}, ensure_ascii=False)


def record(post: Post) -> str:
    return json.dumps({"post_id": post.url, "title": post.title, "text": post.text}, ensure_ascii=False)


def row(separator: str) -> Callable[[Post], str]:
    return lambda post: separator.join(f'"{cell}"' for cell in (post.url, post.title, post.text)) + "\n"


def page(post: Post) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="de"><head><meta charset="utf-8"><title>{html.escape(post.title)} | Werkstattblog'
        f'</title><link rel="canonical" href="{post.url}"><meta name="author" content="Petra Vogt">'
        f'<script>var seite = {{"id": {post.number}}};</script></head><body><header><nav><ul>{NAVIGATION}</ul></nav>'
        f"</header><main><article><h1>{html.escape(post.title)}</h1>{post.markup}</article></main><aside><h2>Neu</h2><ul>"
        f"{NAVIGATION}</ul></aside><footer><p>Impressum, Datenschutz</p></footer></body></html>\n"
    )


def markdown(post: Post) -> str:
    head = f'---\ntitle: "{post.title}"\ndate: 2024-03-01\ntags: [markt, gespräch]\n---\n\n'
    return f"{head}## Worum es geht\n\n{post.text}\n\n* **Erstens** [nachlesen]({post.url})\n* zweitens\n"


def parquet(path: Path, size: int) -> Written:
    schema = pa.schema({"post_id": pa.string(), "title": pa.string(), "text": pa.string()})
    posts = invent()
    done = total = 0
    with pq.ParquetWriter(path, schema) as writer:
        while done < size:
            rows = [{"post_id": post.url, "title": post.title, "text": post.text} for post in islice(posts, 1000)]
            writer.write_table(pa.Table.from_pylist(rows, schema))
            done += sum(len("".join(each.values()).encode()) for each in rows)
            total += len(rows)
    return done, total


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"'
)
_CHANNEL = "<channel><title>Werkstattblog</title>\n"
FILES = {
    "blog.wxr.xml": whole(f'{_XML}<rss version="2.0" {_NAMESPACES}>{_CHANNEL}', wxr, "", "</channel></rss>"),
    "feed.rss": whole(f'{_XML}<rss version="2.0">{_CHANNEL}', rss, "", "</channel></rss>"),
    "feed.atom": whole(f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title>\n', atom, "", "</feed>"),
    "feed.json": whole('{"version": "https://jsonfeed.org/version/1.1", "items": [', json_feed, ",\n", "]}"),
    "posts.csv": whole("post_id,title,text\n", row(","), "", ""),
    "posts.tsv": whole("post_id\ttitle\ttext\n", row("\t"), "", ""),
    "posts.json": whole("[\n", record, ",\n", "]\n"),
    "posts.jsonl": whole("", record, "\n", "\n"),
}
PAGES = {"html": page, "md": markdown, "txt": lambda post: post.text}
#: Name to what is written: a file, or a folder or archive of files of one post each.
FORMATS = {
    "wxr": "blog.wxr.xml",
    "rss": "feed.rss",
    "atom": "feed.atom",
    "jsonfeed": "feed.json",
    "html": "html",
    "html.zip": "html.zip",
    "markdown": "md",
    "text": "txt",
    "csv": "posts.csv",
    "csv.gz": "posts.csv.gz",
    "tsv": "posts.tsv",
    "json": "posts.json",
    "jsonl": "posts.jsonl",
    "parquet": "posts.parquet",
}


def write(folder: Path, name: str, size: int) -> Written:
    """Write a format into a folder."""
    if name in FILES:
        with Path(folder, name).open("wb") as output:
            return FILES[name](output, size)
    if name.endswith(".parquet"):
        return parquet(folder / name, size)
    if name.endswith(".gz"):
        with gzip.open(folder / name, "wb", compresslevel=3) as output:
            return FILES[name.removesuffix(".gz")](output, size)
    kind = name.removesuffix(".zip")
    done = posts = 0
    archive = zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=3) if name != kind else None
    for post in invent():
        content = PAGES[kind](post).encode()
        path = Path(folder, name, f"{post.number // 1000:04}", f"{post.number}.{kind}")
        if archive:
            archive.writestr(f"{post.number}.{kind}", content)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        done, posts = done + len(content), posts + 1
        if done >= size:
            break
    if archive:
        archive.close()
    return done, posts


def read(path: Path, profile: bool) -> None:
    """Read in this process, and leave figures beside what was read."""
    profiler = cProfile.Profile()
    start, good = time.perf_counter(), 0
    if profile:
        profiler.enable()
    for frame in read_frames(path, size=1000):
        good += int((frame["error"] == "").sum())
    seconds = time.perf_counter() - start
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(18)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    figures = {"seconds": seconds, "good": good, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}
    path.with_name("figures").write_text(json.dumps(figures))


def measure(name: str, megabytes: int, profile: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done, posts = write(Path(folder), FORMATS[name], megabytes * 1_000_000)
        child = get_context("spawn").Process(target=read, args=(Path(folder, FORMATS[name]), profile))
        child.start()
        child.join()
        figures = json.loads(Path(folder, "figures").read_text())
    size, seconds = done / 1e6, figures["seconds"]
    print(
        f"{name:10} {size:7,.0f} MB  {seconds:7.1f} s  {size / seconds:6.1f} MB/s  {posts / seconds:8,.0f} posts/s  "
        f"peak {figures['peak']:6,.0f} MB  {posts - figures['good']} lost",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "formats", nargs="*", metavar="format", help=f"any of {', '.join(FORMATS)}; all of them if none"
    )
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    unknown = set(arguments.formats) - set(FORMATS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))} is none of {', '.join(FORMATS)}")
    for name in arguments.formats or FORMATS:
        measure(name, arguments.megabytes, arguments.profile)


if __name__ == "__main__":
    main()
