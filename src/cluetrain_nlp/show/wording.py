"""The words of the report in German and English, and how each language writes numbers."""

import math
from typing import Final

from cluetrain_nlp.errors import CluetrainError

__all__ = ["LANGUAGES", "count", "day", "number", "percent", "shorten", "texts"]

#: What a report can be written in.
LANGUAGES: Final = ("de", "en")

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NOUNS: Final = {
    "post": {"de": ("Post", "Posts"), "en": ("post", "posts")},
    "passage": {"de": ("Passage", "Passagen"), "en": ("passage", "passages")},
    "thesis": {"de": ("These", "Thesen"), "en": ("thesis", "theses")},
    "group": {"de": ("Gruppe", "Gruppen"), "en": ("group", "groups")},
    "word": {"de": ("Wort", "Wörter"), "en": ("word", "words")},
}

#: Measurement of style to its name; `cluetrain_nlp.classifier.style.FEATURES` defines them.
_STYLE: Final[dict[str, tuple[str, str]]] = {
    "ich": ("ich, mich, mein", "ich (I, me, my)"),
    "wir": ("wir, uns, unser", "wir (we, us, our)"),
    "we_without_i": ("„wir“ ohne ein „ich“", "“we” without any “I”"),
    "informal_address": ("Anrede mit du oder ihr", "informal address"),
    "formal_address": ("Anrede mit Sie", "formal address"),
    "particles": ("Partikeln (ja, doch, mal)", "particles (ja, doch, mal)"),
    "stance": ("eigene Meinung", "own opinion"),
    "concession": ("Einräumung", "concession"),
    "negation": ("Verneinung", "negation"),
    "past": ("Vergangenheit", "past tense"),
    "own_past": ("selbst Erlebtes", "own past"),
    "colloquial": ("Umgangssprache", "colloquial words"),
    "questions": ("Fragen", "questions"),
    "smileys": ("Smileys", "smileys"),
    "asides": ("Einschübe", "asides"),
    "lower_starts": ("Satzanfänge klein geschrieben", "sentences that begin small"),
    "institution_verbs": ("Verben der Institution", "verbs of institutions"),
    "sender_nouns": ("Nomen des Absenders (Unternehmen, Team)", "nouns of the sender (company, team)"),
    "nominal_style": ("Nominalstil", "nominal style"),
    "value_adjectives": ("lobende Adjektive", "adjectives of praise"),
    "abstract_nouns": ("Abstrakta (-ung, -heit)", "abstract nouns (-ung, -heit)"),
    "long_words": ("lange Wörter", "long words"),
    "word_length": ("Wortlänge", "word length"),
    "capitals": ("großgeschriebene Wörter", "capitalised words"),
    "numbers": ("Zahlen", "numbers"),
    "sentence_length": ("Satzlänge", "sentence length"),
}

#: Key to the German and the English text; what stands in braces is filled in.
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Wie hier gesprochen wird", "How they talk here"),
    "eyebrow": ("Cluetrain-Bericht", "Cluetrain report"),
    "skip": ("Zum Inhalt springen", "Skip to content"),
    "contents": ("Inhalt", "Contents"),
    "nothing": (
        "Hier wurde nichts bewertet. Es gibt keine Passage mit Zahlen, also auch keine Bilder; warum, steht unten.",
        "Nothing was scored here. No passage has numbers, so there are no pictures; the reasons stand below.",
    ),
    "lead": (
        "{counted} aus {posts}: worum es in ihnen geht, und ob da jemand spricht oder nur verkündet wird.",
        "{counted} from {posts}: what they are about, and whether somebody talks or only announces.",
    ),
    "lead_by": (
        "Verglichen werden {groups}, unterschieden nach „{key}“.",
        "{groups} are compared, told apart by “{key}”.",
    ),
    "read_title": ("Was die Zahlen heißen", "What the numbers mean"),
    "read_tracks": (
        "Wahrscheinlichkeit, dass eine sorgfältige Leserin sagt: Die Passage greift die These auf.",
        "Probability that a careful reader says: the passage takes the thesis up.",
    ),
    "read_broadcast": (
        "Wahrscheinlichkeit, dass sie sagt: Hier verkündet eine Institution, statt dass jemand mit jemandem spricht.",
        "Probability that she says: an institution announces here, nobody talks with anybody.",
    ),
    "read_score": (
        "tracks minus broadcast, von −1 bis 1: hoch, wo jemand die These aufgreift und dabei mit Leuten spricht.",
        "tracks minus broadcast, from −1 to 1: high where somebody takes the thesis up and talks with people.",
    ),
    "read_raw": (
        "Das sind Vorhersagen eines Modells, keine Messungen. Unkorrigierte Anteile können deutlich verzerrt sein: Wer "
        "eine Behauptung auf sie stützt, kodiert eine Zufallsstichprobe und korrigiert damit.",
        "These are predictions of a model, not measurements. Uncorrected shares can be far off: whoever rests a claim "
        "on them codes a random sample and corrects with it.",
    ),
    "read_partly": (
        "Korrigiert ist nur der Abschnitt „Korrigierte Schätzungen“. Alle anderen Zahlen sind Vorhersagen des Modells "
        "allein.",
        "Only the section of corrected estimates is corrected. All other numbers are predictions of the model alone.",
    ),
    "tracks": ("greift auf", "tracks"),
    "takes_up": ("greift These auf", "tracks thesis"),
    "broadcast": ("Verkündung", "broadcast"),
    "score": ("Punktwert", "score"),
    "glance": ("Das Korpus auf einen Blick", "The corpus at a glance"),
    "tile_posts": ("Posts", "posts"),
    "tile_passages": ("gezählte Passagen", "passages counted"),
    "tile_of": ("von {n}", "of {n}"),
    "tile_broadcast": ("Verkündung im Mittel", "mean broadcast"),
    "tile_tracks": ("greifen eine These auf, erwartet", "track some thesis, expected"),
    "tile_period": ("Zeitraum", "period"),
    "between": ("95-%-Intervall {low} bis {high}", "95% interval {low} to {high}"),
    "interval": ("{low} bis {high}", "{low} to {high}"),
    "left_out": ("Was gezählt wurde und was nicht", "What was counted and what was not"),
    "left_out_note": (
        "Gezählt werden deutsche Passagen ohne Fehler (Rolle: {roles}). Überschriften und Beiwerk sind gar nicht erst "
        "bewertet.",
        "Counted are German passages without error (role: {roles}). Headings and boilerplate are not scored at all.",
    ),
    "not_examined": (
        "Keine Passage ist als Doppel einer anderen markiert; gesucht wird danach nur auf Verlangen (count_once).",
        "No passage is marked as a copy of another; they are looked for on demand only (count_once).",
    ),
    "why": ("Grund", "reason"),
    "passages": ("Passagen", "passages"),
    "posts": ("Posts", "posts"),
    "share": ("Anteil", "share"),
    "all": ("alle", "all"),
    "reason_counted": ("gezählt", "counted"),
    "reason_other_role": ("andere Rolle (Zitat, Kommentar)", "other role (quotation, comment)"),
    "reason_other_language": ("nicht deutsch: keine Stimme", "not German: no voice"),
    "reason_duplicate": ("Doppel einer gezählten Passage", "copy of a passage that counts"),
    "reason_error": ("ohne Zahlen, siehe Meldungen", "without numbers, see messages"),
    "reason_no_passage": ("Post ohne bewertete Passage", "post without scored passage"),
    "errors": ("Fehlermeldungen", "error messages"),
    "more_errors": ("und {n} weitere Meldungen", "and {n} further messages"),
    "theses": ("Welche Thesen vorkommen", "Which theses occur"),
    "theses_note": (
        "Balken: erwarteter Anteil der Passagen, die die These aufgreifen. Es sind Untergrenzen, wo eine These nicht "
        "für jede Passage gemeldet ist.",
        "Bars: expected share of passages that take the thesis up. They are lower bounds where a thesis is not "
        "reported for every passage.",
    ),
    "theses_more": ("Tabelle aller {n}", "Table of all {n}"),
    "theses_left_out": ("In der Tabelle fehlen {n}, die seltensten.", "The table leaves out {n}, the rarest."),
    "thesis": ("These", "thesis"),
    "expected": ("erwarteter Anteil", "expected share"),
    "share_reached": ("Anteil ab {threshold}", "share from {threshold}"),
    "lip_service": ("Lippenbekenntnis", "lip service"),
    "opposes": ("widerspricht", "opposes"),
    "no_theses_text": (
        "Die Scores nennen ein eigenes Thesenset; sein Wortlaut liegt diesem Bericht nicht vor.",
        "The scores name a thesis set of its own; this report does not have its wording.",
    ),
    "heat": ("Thesen und Gruppen", "Theses and groups"),
    "heat_caption": (
        "Erwarteter Anteil der Passagen einer Gruppe, die die These aufgreifen, in Prozent. Je kräftiger die Farbe, "
        "desto mehr; jede Zelle nennt ihre Zahl.",
        "Expected share of a group’s passages that take the thesis up, in percent. The stronger the colour, the more; "
        "each cell says its number.",
    ),
    "heat_note": (
        "Gezeigt: {theses} mit den höchsten Werten, und {groups} mit den meisten Passagen.",
        "Shown: {theses} with the highest values, and {groups} with the most passages.",
    ),
    "heat_label": ("Tabelle der Thesen und Gruppen, seitlich rollbar", "Table of theses and groups, scrolls sideways"),
    "groups": ("Die Gruppen im Vergleich", "The groups compared"),
    "groups_note": (
        "Mittel über die gezählten Passagen; Intervalle aus ganzen Posts gezogen (Cluster-Bootstrap, 95 %). Wo "
        "keines steht, sind es zu wenige Posts.",
        "Means over the passages counted; intervals by drawing whole posts (cluster bootstrap, 95%). Where "
        "there is none, there are too few posts.",
    ),
    "groups_label": ("Tabelle der Gruppen, seitlich rollbar", "Table of groups, scrolls sideways"),
    "group": ("Gruppe", "group"),
    "group_missing": ("ohne Angabe", "not given"),
    "groups_left_out": (
        "Nicht gezeigt: {n} mit weniger Passagen, zusammen {passages}.",
        "Not shown: {n} with fewer passages, {passages} together.",
    ),
    "time": ("Die Stimme über die Zeit", "Voice over time"),
    "time_month": ("je Monat", "by month"),
    "time_quarter": ("je Quartal", "by quarter"),
    "time_year": ("je Jahr", "by year"),
    "time_title": ("Verkündung {step}, {first} bis {last}", "Broadcast {step}, {first} to {last}"),
    "time_desc": (
        "Liniendiagramm von 0 (Gespräch) bis 1 (Verkündung). Niedrigster Wert {lowest} ({lowest_at}), höchster "
        "{highest} ({highest_at}). Alle Zahlen stehen in der Tabelle darunter.",
        "Line chart from 0 (conversation) to 1 (broadcast). Lowest value {lowest} ({lowest_at}), highest {highest} "
        "({highest_at}). All numbers are in the table below.",
    ),
    "time_none": (
        "Kein Datum: Die Posts haben keines, oder sie wurden dem Bericht nicht mitgegeben (--posts).",
        "No date: the posts have none, or the report was not given them (--posts).",
    ),
    "time_undated": ("Posts ohne Datum, die hier fehlen: {n}.", "Posts without a date, missing here: {n}."),
    "time_earlier": ("Ältere Posts, nicht gezeigt: {n}.", "Older posts, not shown: {n}."),
    "time_band": ("Das Band ist das 95-%-Intervall.", "The band is the 95% interval."),
    "when": ("Zeit", "time"),
    "conversation": ("Gespräch", "conversation"),
    "quadrant": ("Thema und Ton", "Subject and tone"),
    "quadrant_note": (
        "Rechts oben stehen Lippenbekenntnisse: Passagen, die eine These aufgreifen, in der Stimme, gegen die sie sich "
        "richtet.",
        "Lip service stands at the upper right: passages that take a thesis up in the voice that it is against.",
    ),
    "quadrant_title": ("Wie oft welcher Ton auf welches Thema trifft", "How often which tone meets which subject"),
    "quadrant_desc": (
        "Streubild aller Passagen: nach rechts, wie sehr sie eine These aufgreifen, nach oben, wie sehr sie verkünden. "
        "Die Anteile der vier Felder stehen in der Tabelle.",
        "Scatter of all passages: to the right how closely they track a thesis, upwards how much they broadcast. The "
        "shares of the four fields are in the table.",
    ),
    "quadrant_density": (
        "Je kräftiger ein Feld, desto mehr Passagen; höchstens {n} in einem Feld.",
        "The stronger a field, the more passages; {n} at most in one field.",
    ),
    "quadrant_points": ("Jeder Punkt ist eine Passage.", "Each dot is a passage."),
    "field_lip_service": ("Lippenbekenntnis", "lip service"),
    "field_conversation": ("im Gespräch", "in conversation"),
    "field_broadcast": ("nur Verkündung", "broadcast only"),
    "field_other": ("weder noch", "neither"),
    "fields_label": ("Tabelle der vier Felder, seitlich rollbar", "Table of the four fields, scrolls sideways"),
    "estimates": ("Korrigierte Schätzungen", "Corrected estimates"),
    "estimates_note": (
        "Aus allen Vorhersagen und den von Hand kodierten Posts: so viel im Korpus, mit 95-%-Intervall. „Roh“ ist die "
        "Vorhersage ohne Korrektur, α die Übereinstimmung der Kodierenden (Krippendorff).",
        "From all predictions and the posts coded by hand: what holds in the corpus, with 95% interval. “Raw” is the "
        "prediction without correction, α the agreement of the coders (Krippendorff).",
    ),
    "estimates_label": ("Tabelle der Schätzungen, seitlich rollbar", "Table of estimates, scrolls sideways"),
    "estimate": ("Schätzung", "estimate"),
    "raw": ("roh", "raw"),
    "coded": ("kodiert", "coded"),
    "measure": ("Maß", "measure"),
    "label_tracks_post": ("Posts, die These {thesis} aufgreifen", "posts that track thesis {thesis}"),
    "label_tracks_passage": ("Passagen, die These {thesis} aufgreifen", "passages that track thesis {thesis}"),
    "label_broadcast_post": ("Anteil der Verkündung am Post, im Mittel", "share of broadcast in a post, on average"),
    "label_broadcast_passage": ("Passagen, die verkünden", "passages that broadcast"),
    "groups_uncorrected": (
        "Zu wenig kodiert für eine eigene Schätzung: {groups}.",
        "Too little coded for an estimate of their own: {groups}.",
    ),
    "any_coded": ("(irgendeine kodierte)", "(any that was coded)"),
    "uncorrected": (
        "Nicht korrigiert: These {theses}. Korrigiert werden höchstens fünf Thesen, und nur solche, die für jede "
        "Passage gemeldet sind (bewertet mit theses=[…], top=None).",
        "Not corrected: thesis {theses}. At most five theses are, and only those reported for every passage (scored "
        "with theses=[…], top=None).",
    ),
    "examples": ("Passagen zum Nachlesen", "Passages to read"),
    "examples_private": (
        "Dieser Bericht ist ohne Texte; die Passagen sind nicht enthalten.",
        "This report is without texts; the passages are not in it.",
    ),
    "examples_note": (
        "Je Liste höchstens {n}, jede aus einem anderen Post; lange sind gekürzt.",
        "At most {n} a list, each from another post; long ones are cut.",
    ),
    "list_empty": ("Keine Passage ist so.", "No passage is like that."),
    "list_strongest": ("Greifen auf und sprechen", "Take up and talk"),
    "list_strongest_note": ("Die höchsten Punktwerte.", "The highest scores."),
    "list_lip_service": ("Lippenbekenntnisse", "Lip service"),
    "list_lip_service_note": (
        "Am höchsten in beidem zugleich: das Wort der These, der Ton ihres Gegners.",
        "Highest in both at once: the word of the thesis, the tone of its adversary.",
    ),
    "list_broadcast": ("Verkünden bloß", "Merely broadcast"),
    "list_broadcast_note": ("Die niedrigsten Punktwerte.", "The lowest scores."),
    "list_borderline": ("Auf der Kippe", "Borderline"),
    "list_borderline_note": (
        "Am nächsten an der Schwelle von {threshold}: Hier irrt das Modell am ehesten.",
        "Closest to the threshold of {threshold}: where the model is most likely to err.",
    ),
    "legend_for": ("spricht dafür", "speaks for it"),
    "legend_against": ("spricht dagegen", "speaks against it"),
    "legend": (
        "Hervorgehoben ist, was die Zahl bewegt hat: durchgezogen unterstrichen, was dafür spricht, gestrichelt, was "
        "dagegen spricht.",
        "Highlighted is what moved the number: a solid underline for what speaks for it, a dashed one for what speaks "
        "against it.",
    ),
    "no_marks_other_model": (
        "Ohne Hervorhebung: Die Scores stammen von einem anderen Modell als dem geladenen, es kann sie nicht erklären.",
        "Without highlights: the scores come from another model than the one loaded, which cannot explain them.",
    ),
    "no_marks_unknown": (
        "Ohne Hervorhebung: Die Scores nennen das Modell nicht mehr, von dem sie stammen.",
        "Without highlights: the scores no longer name the model they come from.",
    ),
    "target_tracks": (
        "Was die Zahl zu These {thesis} am meisten bewegt hat",
        "What moved the number of thesis {thesis} most",
    ),
    "target_broadcast": (
        "Was die Zahl zur Verkündung am meisten bewegt hat",
        "What moved the number of broadcast most",
    ),
    "quote_open": ("„", "“"),
    "quote_close": ("“", "”"),
    "kind_style": ("Stil", "style"),
    "kind_word": ("Wort", "word"),
    "kind_phrase": ("Wendung", "phrase"),
    "kind_sentence": ("Satz", "sentence"),
    "kind_example": ("ähnlich im Training", "similar in training"),
    "cut": ("gekürzt", "cut"),
    "source": ("zum Post", "to the post"),
    "role_body": ("Text", "body"),
    "role_quote": ("Zitat", "quotation"),
    "role_comment": ("Kommentar", "comment"),
    "table_of": ("Tabelle: {}", "Table: {}"),
    "table": ("Zahlen als Tabelle", "Numbers as a table"),
    "methods": ("Methoden", "Methods"),
    "about": ("Woher die Zahlen kommen", "Where the numbers come from"),
    "about_lost": (
        "Die Scores führen keine Angaben zu Modell und Version mit sich; sie gingen beim Speichern verloren.",
        "The scores carry no note of model and version; it was lost when they were saved.",
    ),
    "about_model": ("Modell", "model"),
    "about_cluetrain_nlp": ("Version von cluetrain_nlp", "version of cluetrain_nlp"),
    "about_unit": ("Einheit", "unit"),
    "about_pipeline": ("deutsche Pipeline", "German pipeline"),
    "about_encoder": ("Encoder", "encoder"),
    "about_model_sha256": ("Prüfsumme des Modells", "checksum of the model"),
    "about_theses_sha256": ("Prüfsumme der Thesen", "checksum of the theses"),
    "about_expected_quality": ("erwartete Güte bei eigenen Thesen", "expected quality on theses of one’s own"),
    "footer": (
        "Eine Datei ohne Skripte und ohne Netz: Sie zeigt überall dasselbe.",
        "One file without scripts and without network: it shows the same everywhere.",
    ),
}


def texts(language: str) -> dict[str, str]:
    """Give the report's words in one language.

    Parameters
    ----------
    language : {"de", "en"}

    Returns
    -------
    dict of str to str
        Key to text; the keys are the same in both languages.

    Raises
    ------
    CluetrainError
        If the language is another one.

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import texts
    >>> texts("de")["thesis"], texts("en")["thesis"]
    ('These', 'thesis')
    """
    if language not in LANGUAGES:
        raise CluetrainError(f"language is {language!r}; expected one of {', '.join(LANGUAGES)}.")
    styles = {f"style_{name}": both for name, both in _STYLE.items()}
    return {key: both[LANGUAGES.index(language)] for key, both in (_TEXTS | styles).items()}


def number(value: float | None, language: str, digits: int = 2) -> str:
    """Write a number with fixed digits as the language does; a missing one is a dash.

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import number
    >>> number(0.425, "de"), number(-1234.5, "en", 1), number(None, "de")
    ('0,42', '−1,234.5', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    written = f"{value:,.{digits}f}"
    if not any(digit in written for digit in "123456789"):
        written = written.removeprefix("-")
    if language == "de":
        written = written.translate(str.maketrans(",.", ".,"))
    return written.replace("-", "−")


def percent(value: float | None, language: str, digits: int = 0) -> str:
    """Write a share between 0 and 1 in percent.

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import percent
    >>> percent(0.125, "de", 1).split(), percent(0.125, "en", 1)
    (['12,5', '%'], '12.5%')
    """
    written = number(None if value is None else 100 * value, language, digits)
    if written == "–":
        return written
    return f"{written}\N{NO-BREAK SPACE}%" if language == "de" else f"{written}%"


def shorten(text: str, most: int = 200) -> str:
    """Cut a text that has more letters than `most`, and say so by an omission mark.

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import shorten
    >>> shorten("Wir hören zu.", 8)
    'Wir hör…'
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def count(amount: int, noun: str, language: str) -> str:
    """Write how many of something there are.

    Parameters
    ----------
    amount : int
    noun : {"post", "passage", "thesis", "group", "word"}
    language : {"de", "en"}

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import count
    >>> count(1, "thesis", "de"), count(1234, "passage", "de")
    ('1 These', '1.234 Passagen')
    """
    one, many = _NOUNS[noun][language]
    return f"{number(amount, language, 0)} {one if amount == 1 else many}"


def day(date: str, language: str) -> str:
    """Write a day as the language does.

    Examples
    --------
    >>> from cluetrain_nlp.show.wording import day
    >>> day("2009-04-01", "de"), day("2009-04-01", "en")
    ('1.4.2009', '1 Apr 2009')
    """
    year, month, number_of_day = (int(part) for part in date.split("-"))
    return f"{number_of_day}.{month}.{year}" if language == "de" else f"{number_of_day} {_MONTHS[month - 1]} {year}"
