"""The sentences of the methods section in German and English."""

from collections.abc import Mapping
from typing import Final

from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.show.wording import LANGUAGES

__all__ = ["sentence"]

#: Key to the German and the English sentence.
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "title": ("## Methode", "## Method"),
    "software": (
        "Die Texte wurden mit cluetrain_nlp {cluetrain_nlp} ausgewertet (Modell {model}, SHA-256 der Gewichte "
        "{model_sha256}; Satzencoder {encoder}; Tokenisierung mit der spaCy-Pipeline {pipeline}).",
        "Texts were scored with cluetrain_nlp {cluetrain_nlp} (model {model}, SHA-256 of its weights {model_sha256}; "
        "sentence encoder {encoder}; tokens by the spaCy pipeline {pipeline}).",
    ),
    "unknown": ("nicht überliefert", "not recorded"),
    "unit passage": (
        "Einheit ist die Passage: aufeinanderfolgende Sätze eines Posts von einer Person, nach festen Regeln "
        "geschnitten.",
        "The unit is the passage: consecutive sentences of one post by one speaker, cut by fixed rules.",
    ),
    "unit post": (
        "Einheit ist der ganze Post, der nicht in Passagen geschnitten wurde.",
        "The unit is the whole post, which was not cut into passages.",
    ),
    "labels": (
        "Für jede Einheit schätzt das Modell, mit welcher Wahrscheinlichkeit eine sorgfältige Leserin ihre Stimme auf "
        "einer Skala von 0 (Gespräch) bis 4 (Verkündung) mit mindestens 3 kodiert (*broadcast*), und für jede These, "
        "mit welcher sie ihr auf einer Skala von 0 bis 3 mindestens Grad 2 gibt, ohne dass der Text widerspricht "
        "(*tracks*).",
        "For each unit the model estimates two probabilities: that a careful reader codes its voice, from 0 "
        "(conversation) to 4 (broadcast), as at least 3 (*broadcast*); and for each thesis that she grades it, from 0 "
        "to 3, as at least 2, without the text arguing the contrary (*tracks*).",
    ),
    "theses all": (
        "Gefragt wurde nach den 95 Thesen des Cluetrain-Manifests (Levine et al. 1999) in der Formulierung der "
        "Software (SHA-256 {theses_sha256}){reported}.",
        "The theses are the 95 of the Cluetrain Manifesto (Levine et al. 1999) as the software words them (SHA-256 "
        "{theses_sha256}){reported}.",
    ),
    "theses some": (
        "Gefragt wurde nach {numbers} des Cluetrain-Manifests (Levine et al. 1999) in der Formulierung der "
        "Software (SHA-256 {theses_sha256}){reported}.",
        "Texts were compared with {numbers} of the Cluetrain Manifesto (Levine et al. 1999) as the software words them "
        "(SHA-256 {theses_sha256}){reported}.",
    ),
    "theses other": (
        "Gefragt wurde nach einem Thesensatz mit der SHA-256 {theses_sha256}; berichtete Thesen: {listed}{reported}.",
        "The thesis set has the SHA-256 {theses_sha256}; theses that are reported: {listed}{reported}.",
    ),
    "thesis one": ("These {listed}", "thesis {listed}"),
    "theses many": ("den Thesen {listed}", "theses {listed}"),
    "nothing": ("keine", "none"),
    "reported": (
        "; je Passage sind höchstens die {top} mit dem höchsten Wert berichtet",
        "; for each passage at most the {top} with the highest value are reported",
    ),
    "unseen": (
        "Darunter sind Thesen, an denen das Modell nicht trainiert wurde ({quality})",
        "Among them are theses that the model was not trained on ({quality})",
    ),
    "counts": (
        "In die Ergebnisse gehen ein: {counted} aus {posts_counted}, von insgesamt {passages} aus {posts} (Rollen: "
        "{roles}).",
        "The results rest on {counted} from {posts_counted}, out of {passages} from {posts} (roles: {roles}).",
    ),
    "left out": ("Nicht gezählt: {reasons}.", "Left out: {reasons}."),
    "aside": (
        "Überschriften und Beiwerk wurden nicht bewertet.",
        "Headings and boilerplate were not scored.",
    ),
    "no_passage": ("{posts} ohne bewertete Passage", "{posts} without a scored passage"),
    "other_role": ("{passages} anderer Rollen", "{passages} of other roles"),
    "duplicate": (
        "{passages}, die eine gezählte fast wörtlich wiederholen",
        "{passages} that nearly repeat one that counts",
    ),
    "error": ("{passages} mit Fehlern", "{passages} with errors"),
    "other_language": ("{passages} in anderen Sprachen als Deutsch", "{passages} in languages other than German"),
    "quality": (
        "Auf {source} erreicht das Modell für *broadcast* eine AUC von {voice}, für *tracks* von {tracking} "
        "(95-%-Intervalle; mittlerer Kalibrierungsfehler {voice_error} und {tracking_error}).",
        "On {source} the model reaches an AUC of {voice} for *broadcast* and of {tracking} for *tracks* (95% "
        "intervals; mean calibration error {voice_error} and {tracking_error}).",
    ),
    "source test": (
        "{n} Testpassagen seines Korpus, an denen nicht trainiert wurde,",
        "{n} test passages of its corpus, on which it was not trained,",
    ),
    "source cross": (
        "{n} Passagen des Trainingskorpus, jede von einem Modell bewertet, das ihre Schreiberin nicht kannte,",
        "{n} passages of its corpus, each scored by a model that had not read its writer,",
    ),
    "quality unknown": (
        "Messwerte für das verwendete Modell liegen nicht vor.",
        "No measured figures of the model are at hand.",
    ),
    "sample": (
        "Von Hand kodiert wurden {passages} aus {posts} ({who}){design}.",
        "{passages} from {posts} were coded by hand ({who}){design}.",
    ),
    "one coder": ("eine Person", "one person"),
    "coders": ("{n} Personen", "{n} people"),
    "design": (
        ", eine {kind} Zufallsstichprobe von {n} aus {N} {units} (Startwert {seed})",
        ", a {kind} random sample of {n} out of {N} {units} (seed {seed})",
    ),
    "stratified": ("nach {strata} geschichtete", "stratified ({strata})"),
    "simple": ("einfache", "simple"),
    "units post": ("Posts", "posts"),
    "units passage": ("Passagen", "passages"),
    "no probability": (
        " Es ist keine Wahrscheinlichkeitsstichprobe; was für sie gilt, muss nicht für das Korpus gelten.",
        " They are no probability sample; what holds for them need not hold for the corpus.",
    ),
    "agreement": (
        " Übereinstimmung der Kodierenden, Krippendorffs α (Krippendorff 2019) mit 95-%-Intervall: {alphas}.",
        " Agreement between coders, Krippendorff's α (Krippendorff 2019) with 95% interval: {alphas}.",
    ),
    "no agreement": (
        " Da nur eine Person kodierte, gibt es keine Übereinstimmung zu berichten.",
        " As only one person coded, there is no agreement to report.",
    ),
    "estimates": (
        "Korrigierte Anteile und Mittelwerte sind Schätzungen aus allen Vorhersagen und der kodierten Stichprobe "
        "(Differenzschätzer; Egami et al. 2023) mit {level}-%-Konfidenzintervallen, {population}.",
        "Corrected shares and means are estimates from all predictions and the coded sample (difference estimator; "
        "Egami et al. 2023) with {level}% confidence intervals, {population}.",
    ),
    "corpus": ("bezogen auf die Posts dieses Korpus", "for the posts of this corpus"),
    "superpopulation": (
        "wobei das Korpus selbst als Stichprobe gilt",
        "with the corpus itself taken as a sample",
    ),
    "groups": (
        "Gruppenwerte sind Mittel der Vorhersagen mit Konfidenzintervallen aus einem Bootstrap über ganze Posts; diese "
        "Intervalle enthalten die Fehler des Modells nicht.",
        "Values of groups are means of predictions, with confidence intervals from a bootstrap over whole posts; these "
        "intervals do not include the errors of the model.",
    ),
    "raw": (
        "Anteile und Mittelwerte aus Vorhersagen allein können auch bei hoher Trefferquote deutlich verzerrt sein "
        "(Egami et al. 2023).",
        "Shares and means of predictions alone can be far off even where accuracy is high (Egami et al. 2023).",
    ),
    "not corrected": (
        "Hier sind sie nicht durch eine kodierte Stichprobe korrigiert.",
        "Here no coded sample corrects them.",
    ),
    "limits": (
        "Die Werte sagen, was ein Text sagt und wie, nicht, wie ein Unternehmen handelt. Ironie, Anspielungen und "
        "Widerspruch erkennt das Modell nur unsicher; *broadcast* gilt nur für deutsche Texte.",
        "The values say what a text says and how, not how a company acts. The model is unsure about irony, allusion "
        "and contradiction; *broadcast* holds for German texts only.",
    ),
}


def sentence(key: str, language: str, values: Mapping[str, object] | None = None) -> str:
    """Write one sentence of the methods section.

    Parameters
    ----------
    key : str
        Its name in the table.
    language : {"de", "en"}
    values : mapping, optional
        What stands in for the names in braces.

    Returns
    -------
    str

    Raises
    ------
    CluetrainError
        If the language is another one.

    Examples
    --------
    >>> from cluetrain_nlp.show.method_wording import sentence
    >>> sentence("coders", "de", {"n": 2})
    '2 Personen'
    """
    if language not in LANGUAGES:
        raise CluetrainError(f"language is {language!r}; expected one of {', '.join(LANGUAGES)}.")
    return _SENTENCES[key][LANGUAGES.index(language)].format_map(values or {})
