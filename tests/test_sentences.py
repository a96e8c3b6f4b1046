import importlib.util
import time
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin

from cluetrain_nlp.errors import PipelineError
from cluetrain_nlp.passages.abbreviations import kind
from cluetrain_nlp.passages.sentences import cluetrain_sentences, sentence_starts

ROOT = Path(__file__).parents[1]
PIPELINE = ROOT.parent / "shared/pipeline"
NLP = spacy.blank("de")


def cut(text: str) -> list[str]:
    doc = NLP.make_doc(text)
    cluetrain_sentences(doc)
    return [sentence.text for sentence in doc.sents]


# In each case " | " stands where one sentence ends and the next begins; the text has a space there.
WITHIN_A_LINE = [
    # plain
    "Das war gestern. | Heute ist es anders. | Warum? | Niemand weiß es!",
    "Wir lieferten 2009 aus. | 3 Leute packten mit an. | 40 Kisten blieben stehen.",
    "Der Akku hält lange. | iPhone und eBay kommen später. | https://beispiel.de/a hilft weiter.",
    # abbreviations, spaced or not
    "Das gilt z. B. für Kunden. | Andere fragen nicht.",
    "Das gilt z.B. für Kunden, d.h. für alle, u.a. für dich.",
    "Er las z. B. Die Buchhändlerin, d. h. Das ganze Heft.",
    "Herr Dr. med. Lange und Frau Prof. Dr. Kurz, geb. Sommer, kamen mit Dipl.-Ing. Weber.",
    "Wir liefern ca. 5 Mio. Teile bzw. Drittel davon, inkl. Versand, zzgl. MwSt. und ggf. Zoll.",
    "Siehe Nr. 5, Abs. 2, Art. 3, S. 12 und Abb. 7. | Dann weiter.",
    "Ruf an: Tel. 030 1234, evtl. Frau Maier, sonst die Hauptstr. 5 in St. Gallen.",
    "Der sog. Kundendialog, lt. Presse vgl. Heft 3, gem. Satzung bzgl. Werbung.",
    "Eine schriftl. Anfrage, mündl. Auskunft und tägl. Erreichbarkeit fehlen.",
    "Die Müller & Co. KG und die Weber GmbH & Co. Handels KG stritten.",
    "I. d. R. kommt Post. | M. E. reicht das, i. A. Schulz.",
    "P.S. Ich komme auch.",
    # abbreviations that end a sentence
    "Wir backen Brot, Kuchen usw. | Die Kunden kommen gern.",
    "Wir backen Brot, Kuchen usw. und verkaufen beides.",
    "Brot, Kuchen etc. | Menschen mögen das.",
    "Brot, Kuchen etc. (auch aus Dinkel) sind da.",
    "Das kostet 5 Mio. | Wir zahlen nicht.",
    "Wir wohnen in der Bahnhofstr. | Dort ist es laut.",
    "Er starb 44 v. Chr. | Das war in Rom.",
    "Es gibt Tee u. a. | Wir trinken ihn heiß.",
    "Der Preis gilt evtl. Ihnen und ca. Ihrer Schwester.",
    # words that only look like abbreviations
    "So. | Das war es.",
    "Ich brauche das Auto so. | Menschen staunen.",
    "Die WG. | Menschen wohnen dort.",
    "Wir lesen ein PDF. | Menschen lesen es auch.",
    "Es sind 50 km. | Autos schaffen das.",
    "Menschen dieser Art. | Das mag ich.",
    # ordinals, dates, times, numbers
    "Im 3. Quartal stieg der Umsatz. | Am 14. März kam Post.",
    "Im 19. Jahrhundert lebte Friedrich II. von Preußen, nach ihm der 100. König.",
    "Er kam am 12.03.2009. | Dann ging er um 12.30 Uhr.",
    "Er kam am 12. 3. 2009 und blieb bis zum 3. Mai 2010. | Mehr war nicht.",
    "Das war 2009. | Menschen vergessen schnell.",
    "Wir wurden 3. | Das freute uns.",
    "Unter Ludwig XIV. | Er war König.",
    "Version 2.4.1. ist da, Version 3.0 kommt. | Wartet noch.",
    "Drei Schritte: 1. Lesen und 2. Schreiben.",
    "1. Der Anfang ist schwer. | 2. Das Ende auch.",
    "Das kostet 5.000 Euro, 3,50 Euro oder 10.- Euro.",
    # initials
    "J. R. R. Tolkien und J.R.R. Tolkien, E. T. A. Hoffmann und C. Weber.",
    "Das ist Plan B. | Er greift nie.",
    # addresses of the web
    "Siehe www.beispiel.de. | Mehr unter https://beispiel.de/a.html?b=c. | Danke.",
    "Schreibt an post@beispiel.de. | Wir antworten.",
    # ellipses
    "Ich weiß nicht ... | Vielleicht später.",
    "Naja… | Aber gut.",
    "Das ist … ein Haus, ... oder auch nicht.",
    "Das ist … Haus und Hof.",
    "Er sagte […] Haus und (...) Hof.",
    "... und dann ging er.",
    # ! and ?
    "Ach! sagte er nur. | Was? fragte sie.",
    "Das Portal Yahoo! und die Suche sind da.",
    "Wirklich?! | Ja!!! | So ist das?!?! | Gut.",
    "Er kam (endlich!) Montag an.",
    "Der Kunde (wer sonst?) und sein König.",
    "Ja! – so sagte er es.",
    # quotation marks and brackets
    "„Ja.“ sagte er. | „Nein!“ | Sie ging.",
    "„Kommst du?“, fragte er. | „Nein“, sagte sie.",
    "»Gut.« | Er kam. | »Sehr gut!« rief sie.",
    "“Okay.” | Dann los. | Wir haben “das Beste” gewählt.",
    '"Toll." | Und weg. | "Wie?" fragte sie. | Er rief: "Halt!" | Alle hielten.',
    '"Was nun?" | "Keine Ahnung." | Ende.',
    'Er sagte " Ja. " | Sie sagte " Nein. "',
    "Er ging. | „Das war es“, dachte sie.",
    "Das ist „gut“. | Das ist (auch) gut. | Alles (u. a. Brot) ist da.",
    "Er kam. | (Das war knapp.) | Danach war Ruhe.",
    "‚Ja.‘ | Dann schwieg er.",
    "Das steht fest.[1] | Alle wissen es.² | Ich nicht. [3] | Oder doch?",
    # emoticons
    "Das war toll. :-) | Weiter geht es! ;-) | Bis bald.",
    "Das war toll :-) | Aber jetzt nicht mehr.",
    "Wirklich?! 😀😀 | Ja 😀 | Und du?",
    "Danke! *freu* | Und du?",
    "Er fährt X3. | Das reicht ihm.",
    # sloppy
    "ich war da. | keiner antwortet. | toll. | was soll das? | keine ahnung!",
    "ich war da... und keiner hat was gesagt. | schade.",
    "Keiner sah hin. | schade eigentlich.",
    "ich kaufe brot, tee usw. und z. b. milch bei dr. müller.",
    "WAS IST DAS? | DAS GEHT NICHT! | NIE.",
    # bullets within a line
    "Wir bieten | • Brot am Morgen | • Tee am Abend",
]


@pytest.mark.parametrize("marked", WITHIN_A_LINE)
def test_within_a_line(marked: str) -> None:
    assert cut(marked.replace(" | ", " ")) == marked.split(" | ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Das ging nicht.Dann kam er.Wer war das?Niemand!",
            ["Das ging nicht.", "Dann kam er.", "Wer war das?", "Niemand!"],
        ),
        ("Sie fragte Dr.Weber. Er kam.", ["Sie fragte Dr.Weber.", "Er kam."]),
        ("Er kam.  Sie ging.\tEnde.", ["Er kam.  ", "Sie ging.\t", "Ende."]),
        # blank lines end sentences, even before a small letter
        ("Unsere Idee\n\nWir reden mit euch.", ["Unsere Idee\n\n", "Wir reden mit euch."]),
        ("Hallo Anna,\r\n\r\nvielen Dank", ["Hallo Anna,\r\n\r\n", "vielen Dank"]),
        ("Er sprach mit Dr.\n \n Weber", ["Er sprach mit Dr.\n \n ", "Weber"]),
        ("Ein Absatz\u2029noch einer", ["Ein Absatz\u2029", "noch einer"]),
        # single line breaks
        ("Unsere Idee\nWir reden mit euch.", ["Unsere Idee\n", "Wir reden mit euch."]),
        ("Liebe Grüße\nAnna", ["Liebe Grüße\n", "Anna"]),
        ("ich war da.\nkeiner kam.", ["ich war da.\n", "keiner kam."]),
        ("Er sprach lange mit\nuns allen.", ["Er sprach lange mit\nuns allen."]),
        ("„Ja!“\nsagte er.", ["„Ja!“\nsagte er."]),
        ("Er kennt Frau Dr.\nWeber.", ["Er kennt Frau Dr.\nWeber."]),
        # lists
        ("Wir haben:\n- Brot\n* frischen Tee\n• Saft", ["Wir haben:\n", "- Brot\n", "* frischen Tee\n", "• Saft"]),
        (
            "Plan\n1. Lesen\n2. Das Heft\na) alles\nb) nichts",
            ["Plan\n", "1. Lesen\n", "2. Das Heft\n", "a) alles\n", "b) nichts"],
        ),
        # white space around everything
        (" \n Hallo. Ja. \n", [" \n Hallo.", "Ja. \n"]),
        ("Ja", ["Ja"]),
        ("...", ["..."]),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    found = cut(text)
    assert [sentence.strip() for sentence in found] == [sentence.strip() for sentence in expected]
    assert "".join(sentence.text_with_ws for sentence in cluetrain_sentences(NLP.make_doc(text)).sents) == text


WRAPPED = (
    "Wer einen Brief von Hand umbricht, damit er in das schmale\n"
    "Fenster passt, der setzt oft ein Wort wie Haus an den Anfang der\n"
    "Zeile. Das ist kein neuer Satz, und auch am 3.\n"
    "Mai ist es keiner. Erst hier beginnt einer."
)


def test_hard_wrapped_lines_are_joined() -> None:
    assert [" ".join(sentence.split()) for sentence in cut(WRAPPED)] == [
        "Wer einen Brief von Hand umbricht, damit er in das schmale Fenster passt, der setzt oft ein Wort wie Haus an "
        "den Anfang der Zeile.",
        "Das ist kein neuer Satz, und auch am 3. Mai ist es keiner.",
        "Erst hier beginnt einer.",
    ]


def test_a_heading_over_one_long_line_is_not_joined() -> None:
    heading = "Eine Überschrift, die selbst schon recht lang geraten ist"
    text = f"{heading}\nUnd dann folgt ein Absatz in einer Zeile, " + "der nicht enden will, " * 10 + "bis er endet."
    assert [len(sentence.split()) for sentence in cut(text)] == [
        len(heading.split()),
        len(text.split()) - len(heading.split()),
    ]


def test_every_token_is_decided_so_that_no_parser_changes_it() -> None:
    doc = cluetrain_sentences(NLP.make_doc("Das kam z. B. am 3. Mai. Dann nicht."))
    assert {token.is_sent_start for token in doc} == {True, False}
    assert doc.has_annotation("SENT_START", require_complete=True)
    assert [token.is_sent_start for token in doc] == sentence_starts(doc)


def test_component_by_name_and_on_an_empty_doc() -> None:
    nlp = spacy.blank("de")
    nlp.add_pipe("cluetrain_sentences")
    assert [len(list(doc.sents)) for doc in nlp.pipe(["", "Ja. Nein."])] == [0, 2]
    assert sentence_starts(NLP.make_doc("")) == []


def test_a_parsed_doc_is_refused() -> None:
    doc = Doc(NLP.vocab, words=["Ja", "."], heads=[0, 0], deps=["ROOT", "punct"])
    with pytest.raises(PipelineError, match="before the parser"):
        cluetrain_sentences(doc)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("Dr", "bound"),
        ("z.B", "bound"),
        ("Z.B", "bound"),
        ("evtl", "loose"),
        ("A", "loose"),
        ("So", "loose"),
        ("so", "word"),
        ("Hauptstr", "loose"),
        ("Usw", "closing"),
        ("3", "ordinal"),
        ("100", "ordinal"),
        ("IV", "ordinal"),
        ("31.12", "ordinal"),
        ("1848", "number"),
        ("31.12.1999", "number"),
        ("1.000", "number"),
        ("Straße", "word"),
        ("LKW", "word"),
        ("er.kam", "word"),
        ("", "word"),
    ],
)
def test_kind(stem: str, expected: str) -> None:
    assert kind(stem) == expected


PIECES = [
    *".!?…,:;-–*•()[]\"'„“”»«",
    "...",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\t",
    "\u2028",
    "z.",
    "B.",
    "Dr.",
    "usw.",
    "3.",
    "II.",
    ":-)",
    "😀",
    "\u200d",
]
PIECES += ["Haus", "Das", "ich", "ging", "2009", "www.a.de", "XD", "[1]", "ß", "漢字", "\u0301", "\x00", "\x1c"]
MESSY = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@given(MESSY)
@settings(max_examples=400, deadline=None)
def test_any_text_is_cut_the_same_way_twice(text: str) -> None:
    doc = NLP.make_doc(text)
    starts = sentence_starts(doc)
    assert len(starts) == len(doc)
    assert starts[:1] == [True] * bool(doc)
    # Nothing begins with white space, but for the text itself.
    assert not any(start and token.is_space for token, start in list(zip(doc, starts, strict=True))[1:])
    once = cluetrain_sentences(doc)
    assert sentence_starts(once) == starts
    assert [token.is_sent_start for token in cluetrain_sentences(once)] == starts


@given(MESSY, MESSY)
@settings(max_examples=400, deadline=None)
def test_paragraphs_do_not_change_each_other(one: str, other: str) -> None:
    one, other = one.strip(), other.strip()
    both = sentence_starts(NLP.make_doc(f"{one}\n\n{other}"))
    if one and other:
        assert both == [*sentence_starts(NLP.make_doc(one)), False, *sentence_starts(NLP.make_doc(other))]


@pytest.mark.parametrize(
    "word",
    [
        "!",
        "...",
        '"',
        "(",
        ")",
        "\n",
        "\n-",
        ":-)",
        "*",
        ". ",
        "z. ",
        "1. ",
        "[1]",
        "a" * 50 + ".",
        "Ja. ",
        "-",
        "„",
        "•",
    ],
)
def test_time_grows_with_length_only(word: str) -> None:
    words = [word.strip() or word] * 20_000
    doc = Doc(NLP.vocab, words=words, spaces=[word.endswith(" ")] * len(words))
    begin = time.perf_counter()
    cluetrain_sentences(doc)
    # A quadratic walk over 20,000 tokens takes minutes.
    assert time.perf_counter() - begin < 5


def test_a_trained_pipeline_keeps_the_boundaries() -> None:
    if not (PIPELINE / "de_builtin").exists():
        pytest.skip("no ../shared/pipeline/de_builtin")
    nlp = spacy.load(PIPELINE / "de_builtin")
    nlp.add_pipe("cluetrain_sentences", first=True)
    text = "ich war da. keiner kam am 3. Mai bzw. danach\nUnsere Idee\n\n„Ja.“ sagte er. Und ging ... Nein"
    assert [token.is_sent_start for token in nlp(text)] == sentence_starts(NLP.make_doc(text))


@pytest.mark.parametrize(("name", "floor"), [("test_gsd", 0.99), ("test_emp_web", 0.985), ("test_emp_cmc", 0.88)])
def test_sentence_f_after_marks_on_gold_data(name: str, floor: float) -> None:
    path = PIPELINE / f"corpus/{name}.spacy"
    if not path.exists():
        pytest.skip(f"no ../shared/pipeline/corpus/{name}.spacy")
    spec = importlib.util.spec_from_file_location("benchmark_sentences", ROOT / "benchmarks/sentences.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    gold = list(DocBin().from_disk(path).get_docs(NLP.vocab))
    every, marked = benchmark.compare(gold, cluetrain_sentences)
    assert benchmark.prf(marked)[2] >= floor
    sentencizer = spacy.blank("de").add_pipe("sentencizer")
    rival_every, rival_marked = benchmark.compare(gold, sentencizer)
    assert benchmark.prf(marked)[2] > benchmark.prf(rival_marked)[2]
    assert benchmark.prf(every)[2] > benchmark.prf(rival_every)[2]
