"""What coders are told: the codebook in short, in German and English. docs/codebook.md has the whole of it."""

from typing import Final

__all__ = ["INSTRUCTIONS"]

#: Heading or paragraph, German and English; a heading ends in no full stop.
INSTRUCTIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "So wird kodiert",
        "How to code",
    ),
    (
        "Jede Zeile ist ein Textabschnitt. Lesen Sie ihn, wie er dasteht, und raten Sie nicht, wer ihn schrieb "
        "oder was davor stand. Kodieren Sie allein und der Reihe nach. Ändern Sie an item, coder und text nichts. "
        "Eine leere Zelle heißt: nicht kodiert.",
        "Each row is a passage. Read it as it stands, and do not guess who wrote it or what came before. Code "
        "alone and in the order given. Change nothing in item, coder and text. An empty cell means: not coded.",
    ),
    (
        "voice: die Stimme, 0 bis 4, halbe Schritte erlaubt",
        "voice: 0 to 4, half steps allowed",
    ),
    (
        "0 = Gespräch: Ein Mensch redet mit Menschen. Eigene Meinung, Zweifel, Frage, Humor, ja, doch, mal, halt, "
        "Anrede, Platz für eine Antwort.",
        "0 = conversation: a person talks to persons. Own opinion, doubt, question, humour, particles, address, "
        "room for an answer.",
    ),
    (
        "1 = eher Gespräch.",
        "1 = rather conversation.",
    ),
    (
        "2 = weder noch: schlichte Auskunft, Anleitung, Nachricht, Gemischtes. Auch der nüchterne Hinweis im Amtston.",
        "2 = neither: plain information, how-to, news, mixed. A plain notice in institutional form, too.",
    ),
    (
        "3 = eher Verlautbarung. Meist auch gespielte Nähe, die bloß ankündigt („Wir freuen uns riesig …“).",
        "3 = rather broadcast. Mostly also feigned closeness that merely announces.",
    ),
    (
        "4 = Verlautbarung: Eine Institution verkündet. Selbstlob, Slogans, Nominalstil, kein Sprecher, kein "
        "Gegenüber, kein Platz für eine Antwort.",
        "4 = broadcast: an institution announces. Self-praise, slogans, nominal style, no speaker, no addressee, "
        "no room for an answer.",
    ),
    (
        "grade: wie sehr es um die These geht, 0 bis 3",
        "grade: how far it is about the thesis, 0 to 3",
    ),
    (
        "3 = vertritt genau diese These, behauptet sie oder macht sie vor: Ich würde den Abschnitt als Beispiel "
        "zitieren.",
        "3 = argues, claims or enacts this very thesis: I would cite the passage as an example of it.",
    ),
    (
        "2 = handelt deutlich von ihr, aber nur von einem Teil, oder zeigt einen Fall und zieht den Schluss nicht.",
        "2 = clearly about it, but only about a part of it, or shows a case without drawing the conclusion.",
    ),
    (
        "1 = gleicher Gegenstand, andere Aussage.",
        "1 = same subject, other point.",
    ),
    (
        "0 = nichts davon, welche Wörter auch vorkommen. Das ist der Normalfall.",
        "0 = nothing of it, whatever words it shares. This is the normal case.",
    ),
    (
        "Es zählt auch, wer die These nicht ausspricht: wer einen Fall erzählt (eine Hotline, ein Kollege, der im "
        "Forum antwortet) oder in einer Organisation tut, was sie verlangt (einen Fehler zugeben, zurückfragen, "
        "in der Ich-Form antworten). Wörter der These allein genügen nicht.",
        "It counts, too, if the thesis is not spoken out: if a case is told (a hotline, a colleague who answers "
        "in a forum) or somebody in an organisation does what it asks for (admits a mistake, asks back, answers "
        "in the first person). Words of the thesis alone are not enough.",
    ),
    (
        "stance: wie der Abschnitt zur These steht, ab grade 1",
        "stance: where the passage stands, from grade 1",
    ),
    (
        "supports = greift sie auf.",
        "supports = takes the thesis up.",
    ),
    (
        "opposes = vertritt das Gegenteil.",
        "opposes = argues the contrary.",
    ),
    (
        "reports = erwähnt oder gibt sie wieder, ohne sie aufzugreifen.",
        "reports = mentions or relays it without taking it up.",
    ),
    (
        "Lippenbekenntnis (der Satz der These in der Stimme, gegen die sie sich richtet): nach dem kodieren, was "
        "behauptet wird, also meist 2 und supports. Den Widerspruch trägt voice.",
        "Lip service (the thesis in the voice that it is against): code what is claimed, mostly 2 and supports. "
        "voice carries the contradiction.",
    ),
)
