"""What each paragraph is. All posts are written for these tests."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp.passages.boilerplate import is_boilerplate, is_form, is_meta_line, section
from cluetrain_nlp.passages.comments import head, is_marker, is_ping
from cluetrain_nlp.passages.paragraphs import paragraphs
from cluetrain_nlp.passages.quotes import introduces, is_quoted, quoted_spans
from cluetrain_nlp.passages.roles import blocks

BODY = (
    "Wir haben gestern den Ofen repariert, und seit heute früh läuft er wieder so leise, dass man ihn kaum hört.\n\n"
    "Der Ziegel war schon länger locker. Gemerkt hat es der Lehrling, weil er als Einziger "
    "unter den Rost geschaut hat, "
    "und dafür bekommt er am Freitag den Nachmittag frei, was ihm sichtlich lieber ist als ein Lob."
)


def roles(text):
    return [(block.role, block.text) for block in blocks(text)]


def role_of(text, anchor):
    found = [block.role for block in blocks(text) if anchor in block.text]
    assert len(found) == 1, (anchor, roles(text))
    return found[0]


@pytest.mark.parametrize(
    "line",
    """
Kommentar verfassen
Schreibe einen Kommentar
Hinterlasse eine Antwort
Leave a Reply
Post a Comment
Deine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert
Your email address will not be published.
Name (erforderlich)
E-Mail *
Trage deine Daten unten ein oder klicke auf ein Icon
Du kommentierst mit deinem Twitter-Konto. Abmelden / Ändern
Verbinde mit %s
Benachrichtige mich über neue Beiträge per E-Mail.
Meinen Namen und meine Adresse in diesem Browser speichern
Sie können die folgenden HTML-Tags verwenden
Die Kommentarfunktion ist geschlossen.
Comments are closed.
Bitte geben Sie die Zeichen aus dem Bild ein
This site uses Akismet to reduce spam. Learn how your data is used.
Diese Website verwendet Akismet, um Spam zu reduzieren.
Diese Website verwendet Cookies, damit alles läuft. Wer hier bleibt, ist damit einverstanden.
Wir nutzen Cookies und ähnliche Dinge. Alle akzeptieren
We use cookies to make this site better.
Teilen mit:
Teilen: Facebook | Twitter | LinkedIn
Facebook Twitter WhatsApp E-Mail
Gefällt mir Wird geladen …
%d Bloggern gefällt das:
12 Personen gefällt das
Kategorien: Allgemein, Werkstatt
Schlagwörter: Ofen, Rost
Tags: ofen, rost, ziegel
Abgelegt unter Werkstatt
Posted in Werkstatt | 2 Comments »
Filed under: Werkstatt
Veröffentlicht am 3. Mai 2011 von Jette Brandt
Geschrieben von Jette Brandt
Written by jette
Posted by Jette at 10:12
3. Mai 2011 | Redaktion | Lesezeit: 3 Minuten
Home » Werkstatt » Ofen
Startseite > Blog > Ofen
Sie sind hier: Startseite / Blog
Fahrplan   Tickets   Unternehmen   Presse
← Der neue Rost
Älterer Beitrag
Weiterlesen »
Jetzt bestellen ›
Direkt zum Inhalt springen
RSS-Feed für Kommentare
Abonniere die Kommentare per RSS.
Follow
Erhalte jeden neuen Beitrag in deinen Posteingang.
Newsletter: Jetzt anmelden
Folge uns auf Twitter
About these ads
Anzeige
Advertisements
ofen-vorne.jpg
IMG_4711
9b01f00c4515188340120a5f7d3e4970c-450wi
Foto: Jette Brandt / Ofenbau
Quelle: Archiv
[Bild: Der Ofen von vorn, links der Lehrling]
https://ofen.example/rost
Tel. 040 1234-56
presse@ofen.example
Ofenweg 12, Altenbrück
© 2011 Ofenbau Brandt
Copyright 2011 Ofenbau
Alle Rechte vorbehalten
Impressum | Datenschutz | AGB
Hinweis: Dieser Text enthält Affiliate-Links.
Hinweis: Diese Mitteilung enthält zukunftsgerichtete Aussagen.
Abdruck honorarfrei, Belegexemplar erbeten.
Trackback-URL: https://ofen.example/track
<div class="box"></div>
&nbsp;
[gallery ids="1,2"]
{{< share twitter="true" >}}
***
- - -
#ofen #rost #ziegel
War dieser Beitrag hilfreich?
Lesezeit: 4 Minuten
Preisliste (PDF, 212 KB)
Zurück zur Übersicht
Antworten
Noch 1000 Zeichen
Sie sind Besucher Nr. 417
""".strip().splitlines(),
)
def test_lines_around_posts_are_boilerplate(line):
    assert is_boilerplate(line) or is_meta_line(line)


@pytest.mark.parametrize(
    "line",
    """
Wir haben gestern in der Backstube Cookies gebacken, und keiner wollte sie.
Die Kategorien im Werkstattblog haben wir gestern aufgeräumt.
Kürzlich rief ein Kunde an und wollte wissen, wer den Ofen gebaut hat.
Teilen macht Freude, sagt meine Oma.
Geschrieben habe ich das nachts in der Halle, mit kalten Fingern.
Veröffentlicht haben wir die Zahlen nie.
1999 war das noch anders, da kam der Vertreter persönlich.
2100 Meldungen hatten wir in drei Tagen.
Quellen nenne ich am Ende.
Kontakt haben wir seit Jahren keinen mehr.
«Von Mensch zu Mensch» hieß das Plakat.
«Das geht nicht», sagte er.
Am 3. Mai 2011 haben wir geschlossen.
Ja.
Was meint ihr dazu?
Wer kommentieren will, der ruft mich einfach an.
Ich finde Akismet lästig, weil es meine eigenen Kommentare verschluckt.
Namen tun hier nichts zur Sache.
Der Newsletter ist ein Jammer.
Danke, Jette!
Hinweis am Rande: Der Ofen raucht.
Das Bild 3 zeigt den Rost.
""".strip().splitlines(),
)
def test_sentences_of_authors_are_not(line):
    assert not is_boilerplate(line)
    assert not is_meta_line(line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ähnliche Beiträge", "related"),
        ("Frühere Beiträge zum Thema:", "related"),
        ("Related posts", "related"),
        ("Das könnte Sie auch interessieren", "related"),
        ("Über die Ofenbau Brandt GmbH", "about"),
        ("Über den Autor", "about"),
        ("Pressekontakt:", "contact"),
        ("Über die Langsamkeit", ""),
        ("Weitere Fragen bleiben.", ""),
    ],
)
def test_headings_that_begin_a_section(line, name):
    assert section(line) == name


@pytest.mark.parametrize(
    "line",
    """
4 Comments
3 Kommentare
1 Kommentar
Kommentare (3)
Kommentare
Eine Antwort
Eine Antwort zu “Der Ofen”
5 Antworten zu „Der Ofen: was los ist“
2 Responses to "Der Ofen"
3 Gedanken zu „Der Ofen“
One thought on “Der Ofen”
7 Reaktionen
2 Trackbacks / Pingbacks
#### 4 Kommentare
""".strip().splitlines(),
)
def test_lines_that_announce_comments(line):
    assert is_marker(line)


@pytest.mark.parametrize(
    "line",
    [
        "0 Kommentare",
        "Keine Kommentare",
        "Drei Kommentare dazu, weil ich gefragt wurde.",
        "Antworten",
        "Kommentar verfassen",
    ],
)
def test_lines_that_announce_none(line):
    assert not is_marker(line)


@pytest.mark.parametrize(
    ("line", "name", "certain"),
    [
        ("Ulla P. sagt:", "Ulla P.", True),
        ("Ulla P. sagte am 20. Dezember 2010 um 21:14 Uhr:", "Ulla P.", True),
        ("Anonym hat gesagt…", "Anonym", True),
        ("ritzelfee says:", "ritzelfee", True),
        ("Sepp B. | 3. Juni 2020", "Sepp B.", True),
        ("G. Pfeil on 29 May 2009 at 07:52", "G. Pfeil", True),
        ("2. Torben schrieb am 12. März 2012 um 14:03", "Torben", True),
        ("#3 Kommentar von Jette Brandt", "Jette Brandt", True),
        ("Jette Brandt, 12.03.2012, 14:03 Uhr", "Jette Brandt", True),
        ("jrb · 7. Februar 2014, 13:50", "jrb", True),
        ("vor 3 Jahren", "", True),
        ("14. März 2012 um 06:02", "", True),
        ("March 14, 2012 at 6:02 am", "", True),
        ("Jette Brandt", "Jette Brandt", False),
        ("ritzelfee", "ritzelfee", False),
    ],
)
def test_heads_of_comments(line, name, certain):
    assert head(line) == (name, certain)


@pytest.mark.parametrize(
    "line",
    [
        "Das sehe ich anders.",
        "Danke",
        "Viele Grüße",
        "Genau so",
        "Was soll das?",
        "LG",
        "und dann",
        "Gruß, Jette",
        "Sehr geehrte Frau Brandt,",
    ],
)
def test_short_lines_that_are_no_heads(line):
    assert head(line) is None


def test_excerpts_of_trackbacks():
    assert is_ping("[...] steht auch beim Ofenbauer [...]")
    assert is_ping("[…] der Ofen, der raucht […]")
    assert not is_ping("[Anm.] Das ist mir neu.")


def test_paragraphs_between_blank_lines_and_on_lines():
    assert [p.text for p in paragraphs("Eins.\n\nZwei.\nDrei.\r\n\r\nVier.")] == ["Eins.", "Zwei.", "Drei.", "Vier."]


def test_wrapped_lines_are_one_paragraph():
    text = (
        "Es ist Freitagabend kurz nach neun, die Maschine läuft noch und\n"
        "druckt Kalender für den Verein, und ich habe eine halbe Stunde.\n"
        "Mehr als eine halbe Stunde darf es auch nicht werden, weil das\n"
        "Modem sonst das Faxgerät blockiert und mein Schwager schimpft."
    )
    assert len(paragraphs(text)) == 1
    assert [len(p.text.split()) > 5 for p in paragraphs(text + "\n\n" + text)] == [True, True]


def test_items_of_a_list_are_paragraphs():
    assert len(paragraphs("Wir brauchen:\n- einen Rost\n- einen Ziegel\n2. einen Lehrling")) == 4


def test_markup_does_not_hide_what_a_paragraph_is():
    text = (
        f"<h2>Der Ofen l&auml;uft</h2>\n\n{BODY}\n\n**&Uuml;ber die Ofenbau Brandt GmbH**\n"
        f"Seit 1978 bauen wir Öfen in Altenbrück und Umgebung, und das mit Freude."
    )
    assert [role for role, _ in roles(text)] == ["heading", "body", "body", "boilerplate", "boilerplate"]


def test_title_date_body_and_categories():
    text = (
        f"Der Ofen läuft\n\nVeröffentlicht am 3. Mai 2011 von Jette\n\n{BODY}\n\nWas sonst noch war\n\n"
        f"{BODY}\n\nKategorien: Ofen"
    )
    assert [role for role, _ in roles(text)] == [
        "heading",
        "boilerplate",
        "body",
        "body",
        "heading",
        "body",
        "body",
        "boilerplate",
    ]


def test_of_many_lines_above_the_post_the_last_is_its_title():
    text = f"Ofenbau Brandt\n\nWir machen warm\n\nDer Ofen läuft\n\nmit 2 Kommentaren\n\n{BODY}"
    assert [role for role, _ in roles(text)][:4] == ["boilerplate", "boilerplate", "heading", "boilerplate"]


def test_front_matter_is_boilerplate_and_a_rule_is_not_front_matter():
    text = f"---\ntitle: Der Ofen\ntags: [ofen]\n---\n\n{BODY}"
    assert {role for role, t in roles(text) if "title" in t or "---" in t} == {"boilerplate"}
    ruled = f"---\n\n{BODY}\n\n---\n\n{BODY}"
    assert [role for role, t in roles(ruled) if t != "---"] == ["body"] * 4


def test_program_code_is_boilerplate():
    text = f"{BODY}\n\n```sql\nSELECT rost FROM ofen;\n```\n\n{BODY}"
    assert role_of(text, "SELECT") == "boilerplate"


def test_a_signature_stays_with_the_text_and_a_menu_does_not():
    text = f"{BODY}\n\nViele Grüße\nEure Jette\n\nImpressum | Datenschutz\n\nOfenbau Rost Ziegel Altenbrück Umgebung"
    assert role_of(text, "Eure Jette") == "body"
    assert role_of(text, "Altenbrück Umgebung") == "boilerplate"


@pytest.mark.parametrize(
    "quotation",
    [
        "„Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.“",
        "»Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.«",
        "«Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.»",
        "“Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.”",
        '"Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein."',
        "„Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.“ (Jette Brandt)",
        "> Der Ofen raucht, und niemand im ganzen Haus will es gewesen sein.\n> Ich war es jedenfalls nicht.",
        "The stove is smoking and nobody in the whole house wants to have done it.",
    ],
)
def test_quotations_between_paragraphs(quotation):
    text = f"{BODY}\n\n{quotation}\n\n{BODY}"
    assert [role for role, _ in roles(text)] == ["body", "body", "quote", "body", "body"]


def test_words_in_quotation_marks_are_no_quotation():
    assert not is_quoted("„Rauch“ ist ein Wort, das der Ofenbauer nicht gern hört.")
    assert not is_quoted(
        "„Er raucht“, sagte Jette, und dann haben wir den ganzen Abend nicht mehr darüber geredet, obwohl er rauchte."
    )
    assert is_quoted(
        "„Der Ofen raucht seit Montag“, sagte Jette. „Wir wissen noch immer nicht, woran es eigentlich liegt.“"
    )


def test_a_quotation_over_several_paragraphs():
    text = f"{BODY}\n\n„Der Ofen raucht seit Montag.\n\nNiemand weiß, warum.\n\nWir warten auf den Frühling.“\n\n{BODY}"
    assert [role for role, _ in roles(text)] == ["body", "body", "quote", "quote", "quote", "body", "body"]
    unclosed = f"{BODY}\n\n„Der Ofen raucht seit Montag.\n\n{BODY}"
    assert role_of(unclosed, "raucht seit Montag") == "body"


def test_a_paragraph_after_an_announcement_is_a_quotation():
    quotation = "Der Ofen raucht, und daran wird sich vor dem Frühling nichts ändern."
    announced = f"{BODY} So schreibt Jette Brandt in ihrem Werkstattbuch:\n\n{quotation}\n\nDas glaube ich gern. {BODY}"
    assert role_of(announced, "vor dem Frühling") == "quote"
    assert role_of(announced, "Das glaube ich gern") == "body"
    own = f"{BODY} Und jetzt müssen wir alle tapfer sein:\n\n{quotation}\n\n{BODY}"
    assert role_of(own, "vor dem Frühling") == "body"


@pytest.mark.parametrize(
    ("line", "announces"),
    [
        ("Wie bei den Nachbarn zu lesen ist:", True),
        ("Das Amt hat dann das hier herausgegeben:", True),
        ("Die Definition von Ruß bei Wikipedia:", True),
        ("Jette sieht den Ofen als Möbelstück:", True),
        ("Dieser Satz aus dem Kommentar von Jette zeigt es:", True),
        ("Wir brauchen drei Dinge:", False),
        ("Ich habe es so geschrieben:", False),
        ("Der Ofen hat zwei Seiten:", False),
        ("So schreibt Jette in ihrem Buch.", False),
    ],
)
def test_announcements(line, announces):
    assert introduces(line) is announces


def test_listed_theses_are_quotations_with_numbers():
    text = f"{BODY}\n\nAus dem Cluetrain-Manifest:\n\n4. Eine Stimme ist echt.\n\n15. Bald klingt das fremd.\n\n{BODY}"
    assert [(b.role, b.thesis) for b in blocks(text) if b.thesis] == [("quote", 4), ("quote", 15)]
    other = text.replace("Cluetrain-Manifest", "Ofenbuch")
    assert not any(b.thesis for b in blocks(other))


def test_english_post_is_no_quotation():
    text = (
        "The stove is smoking and nobody wants to have done it.\n\n"
        "We are waiting for the spring, and then we will see what can be done about it."
    )
    assert {(b.role, b.language) for b in blocks(text)} == {("body", "en")}


THREADS = {
    "name, verb, date": (
        "3 Kommentare\n\nUlla P. sagt:\n20. Dezember 2010 um 21:14\n{a}\nAntworten\n\nritzelfee sagt:\n"
        "21. Dezember 2010 um 07:00\n{b}\nAntworten\n\nSchreibe einen Kommentar\nName *"
    ),
    "one line": (
        "Kommentare (2)\nUlla P. schrieb am 20.12.2010 um 21:14\n{a}\n"
        "ritzelfee schrieb am 21.12.2010 um 07:00\n{b}\nIhr Kommentar"
    ),
    "numbers": (
        "2 Antworten zu „Der Ofen“\n\n1. Ulla P.\n20. Dezember 2010 um 21:14\n\n{a}\n\n2. ritzelfee\n"
        "21. Dezember 2010 um 07:00\n\n{b}\n\nKommentar verfassen"
    ),
    "names only": "2 Comments\nUlla P.\n{a}\nritzelfee\n{b}",
    "name after": (
        "2 Responses\n\n  1. {a}\n\n    Ulla P.\n\n    20 December, 2010 at 21:14\n\n  2. {b}\n\n"
        "    ritzelfee\n\n    21 December, 2010 at 07:00\n\nLeave a Reply"
    ),
    "blogger": (
        "2 Kommentare:\n\nUlla P. hat gesagt…\n{a}\n20. Dezember 2010 um 21:14\n\n"
        "ritzelfee hat gesagt…\n{b}\n21. Dezember 2010 um 07:00\n\nKommentar veröffentlichen"
    ),
    "bar": (
        "2 Kommentare\n\nUlla P. | 20. Dezember 2010\n{a}\nAntworten\n\nritzelfee | 21. Dezember 2010\n"
        "{b}\nAntworten\n\nHinterlasse einen Kommentar"
    ),
    "disqus": (
        "2 Kommentare\nUlla P. • vor 3 Jahren\n{a}\nAntworten\nritzelfee • vor 2 Jahren\n{b}\n"
        "Antworten\npowered by Disqus"
    ),
    "typo3": (
        "Kommentare\n\nKommentar von Ulla P. | 20.12.2010\n\n{a}\n\nKommentar von ritzelfee | 21.12.2010\n\n{b}\n\n"
        "Einen Kommentar schreiben\n\nName*\n\nWas ist die Summe aus 2 und 7?"
    ),
    "numbers below": (
        "Kommentare\n\n{a}\n#1 Ulla P. am 20.12.2010 21:14 (Antwort)\n\n{b}\n"
        "#2 ritzelfee am 21.12.2010 07:00 (Antwort)\n\n"
        "Kommentar schreiben"
    ),
    "glued": (
        "2 Kommentare:\n\nUlla P.20. Dezember 2010 um 21:14\n{a}\n\nAntworten\n\n"
        "ritzelfee21. Dezember 2010 um 07:00\n{b}"
    ),
    "unannounced": "Ulla P. sagt:\n20. Dezember 2010 um 21:14\n{a}\n\nritzelfee sagt:\n21. Dezember 2010 um 07:00\n{b}",
}


@pytest.mark.parametrize("form", THREADS)
def test_threads(form):
    a = "Bei uns raucht er auch. Seit Montag schon, und die Stadt sagt, das sei normal."
    b = "Ich war einer von denen, die gehustet haben.\nAber nett war es trotzdem."
    text = f"Der Ofen läuft\n\n{BODY}\n\n{THREADS[form].format(a=a, b=b)}"
    found = blocks(text)
    comments = [
        (block.speaker, block.text.removeprefix("1. ").removeprefix("2. "))
        for block in found
        if block.role == "comment"
    ]
    assert comments == [("Ulla P.", a), ("ritzelfee", b.splitlines()[0]), ("ritzelfee", b.splitlines()[1])]
    assert len({block.turn for block in found if block.role == "comment"}) == 2
    assert [block.role for block in found if block.role != "boilerplate"][:3] == ["heading", "body", "body"]


def test_a_count_of_comments_below_the_title_announces_nothing():
    text = f"Der Ofen läuft\n\n3 Kommentare\n\n{BODY}"
    assert [role for role, _ in roles(text)] == ["heading", "boilerplate", "body", "body"]


def test_comments_without_heads_need_a_count():
    text = f"{BODY}\n\n{BODY}\n\nKommentare\n\n{BODY}"
    assert {role for role, t in roles(text) if t != "Kommentare"} == {"body"}
    counted = f"{BODY}\n\n{BODY}\n\n2 Kommentare\n\nBei uns raucht er auch, das ist ja wohl normal."
    assert roles(counted)[-1][0] == "comment"


def test_a_closing_line_in_a_comment_is_no_head():
    text = f"{BODY}\n\n2 Comments\nUlla P.\nBei uns raucht er auch.\nViele Grüße\nUlla\nritzelfee\nIch huste noch."
    assert [b.speaker for b in blocks(text) if b.role == "comment"] == ["Ulla P."] * 3 + ["ritzelfee"]


def test_trackbacks_are_comments_without_a_speaker():
    text = (
        f"{BODY}\n\nEine Antwort zu “Der Ofen”\n\n1. Ofenfreunde » Archiv » Rauch -- Netzschau\n\n"
        f"[...] der Ofen, der raucht, steht in Altenbrück [...]\n\nHinterlasse eine Antwort"
    )
    assert [(b.role, b.speaker) for b in blocks(text)][2:] == [
        ("boilerplate", ""),
        ("boilerplate", ""),
        ("comment", ""),
        ("boilerplate", ""),
    ]


def test_quoted_lines_in_a_comment_are_quotations():
    text = (
        f"{BODY}\n\n1 Kommentar\n\nUlla P. sagt:\n3. Mai 2011 um 10:12\n"
        f"> Der Ziegel war schon länger locker.\n\nBei uns auch!"
    )
    assert [b.role for b in blocks(text)][-2:] == ["quote", "comment"]


def test_what_follows_a_comment_form_is_boilerplate():
    text = f"{BODY}\n\nKommentar verfassen\n\nUnbekannte Zeile\n\nNoch eine davon"
    assert [role for role, _ in roles(text)] == ["body", "body", "boilerplate", "boilerplate", "boilerplate"]


def test_lists_of_posts_and_contact_blocks():
    text = (
        f"{BODY}\n\nÄhnliche Beiträge\n\nDer Rost ist da\nWarum der Ziegel fiel\n\nPressekontakt:\n"
        f"Ofenbau Brandt\nJette Brandt\nTel. 040 1234"
    )
    assert {role for role, _ in roles(text)[2:]} == {"boilerplate"}


def test_indices_of_a_company_at_the_end():
    text = (
        f"{BODY}\n\nÜber die Ofenbau Brandt\n"
        f"Die Ofenbau Brandt ist seit 1978 in Altenbrück zu Hause und beschäftigt zwölf Leute.\n\n© 2011"
    )
    assert {role for role, _ in roles(text)[2:]} == {"boilerplate"}


@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(BODY.split(". ")),
            st.sampled_from(
                ["3 Kommentare", "Ulla sagt:", "> a", "---", "```", "1. b", "„c", "Über uns", "\n", "\n\n"]
            ),
        )
    ).map("\n".join)
)
def test_blocks_cover_every_text(text):
    found = blocks(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    inside = set()
    for block in found:
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        assert block.role in {"body", "quote", "comment", "heading", "boilerplate"}
        inside |= set(range(block.start, block.end))
    assert all(char.isspace() for i, char in enumerate(text) if i not in inside)


@given(
    st.sampled_from([is_boilerplate, is_meta_line, is_form, is_marker, is_ping, is_quoted, introduces, head, section]),
    st.text(),
)
def test_no_text_is_too_strange(function, text):
    function(text)


def test_a_last_line_without_a_full_stop_stays_with_its_author():
    text = "Die Kette ist hin und der Laden hat zu.\n\nfalls jemand einen mantel 28 zoll hat, ich nehm alles. lg"
    assert blocks(text)[-1].role == "body"


def test_a_numbered_list_is_no_thread():
    text = "Das Fest war schön.\n\n3 Gedanken zu unserem Fest\n\n1. Mehr Bänke aufstellen.\n\n2. Weniger Musik."
    assert "comment" not in {block.role for block in blocks(text)}


def test_a_title_does_not_end_the_clause_that_says_who_spoke():
    text = "Endlich! „Wir haben das so nicht gewollt“, sagt Prof. Dr. h. c. Knut Hase, der den Bau leitet. Mehr nicht."
    assert [text[start:end] for start, end in quoted_spans(text)] == [
        "„Wir haben das so nicht gewollt“, sagt Prof. Dr. h. c. Knut Hase, der den Bau leitet."
    ]
