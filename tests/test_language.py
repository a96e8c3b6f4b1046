"""The language of a stretch of text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluetrain_nlp.passages.language import language

SENTENCES = {
    "de": """
Wir haben den Ofen am Montag abgestellt, weil ein Ziegel locker saß.
Kann mir jemand sagen, warum die Rechnung zweimal gekommen ist?
Der Kundendienst hat freundlich geantwortet, geholfen hat es trotzdem nicht.
Unsere Filialen öffnen ab März eine Stunde früher als bisher.
Das Team freut sich über die gelungene Umsetzung des neuen Konzepts.
Ich find das ehrlich gesagt ziemlich daneben, was ihr da schreibt.
Das Update bringt ein neues Dashboard, Single Sign-on und viele Bugfixes für das Backend.
Mein Nachbar sagt, im Dorf redet jeder über die Sache mit dem Bus.
Die Gesellschaft steigerte ihren Umsatz im Berichtszeitraum um acht Prozent.
Schreibt mir doch einfach, was euch am Laden stört.
Mir händ geschter lang diskutiert und sind eus nöd einig worde, wer das zahlt.
I glaub, des wird heuer nix mehr mit dem neuen Stadl, hat er gsagt.
Dat is nich so eenfach, as ji dat glöövt, hett he seggt un is weggahn.
Für Rückfragen steht Ihnen das Büro während der Öffnungszeiten zur Verfügung.
Community Management ist kein Job für Praktikanten, sondern für Leute, die etwas zu sagen haben.
Wo bleibt denn jetzt die Lieferung, auf die ich seit drei Wochen warte?
""",
    "en": """
We turned the oven off on Monday because one of the bricks had come loose.
Can anybody tell me why the bill was sent to my house twice?
The people at the counter were friendly, but they could not help us at all.
Our shops will open one hour earlier from the beginning of March.
The team is delighted with the successful launch of the new programme.
I think this is a strange way to talk to your own customers.
Nobody reads these brochures, and everyone who writes them knows it.
Companies that listen will find out what their readers want to know.
My neighbour says the whole village is talking about the bus.
Write to me and tell me what bothers you about the shop.
This page has been updated with the latest numbers from the warehouse.
They asked for a human being and got a form letter instead.
If you don't like the colour, just bring it back and we'll paint it again.
Where is the delivery that I have been waiting for since May?
""",
    "other": """
Nous avons éteint le four lundi parce qu'une brique s'était détachée.
Quelqu'un peut me dire pourquoi la facture est arrivée deux fois ?
Les gens du village parlent tous de cette histoire de bus.
We hebben de oven maandag uitgezet omdat er een steen los zat.
Kan iemand mij vertellen waarom de rekening twee keer is gekomen?
Mijn buurman zegt dat iedereen in het dorp over de bus praat.
Abbiamo spento il forno lunedì perché un mattone si era staccato.
Qualcuno mi sa dire come mai la bolletta è arrivata due volte?
Il mio vicino dice che in paese non si parla di altro.
Apagamos el horno el lunes porque se había soltado un ladrillo.
¿Alguien me puede decir por qué la factura llegó dos veces?
Mi vecino dice que en el pueblo todos hablan del autobús.
Vi slukkede ovnen i mandags, fordi en af murstenene sad løst.
Kan nogen fortælle mig, hvorfor regningen er kommet to gange?
Min nabo siger, at hele landsbyen taler om den bus.
Vi stängde av ugnen i måndags eftersom en av stenarna satt löst.
Kan någon säga mig varför räkningen har kommit två gånger?
Min granne säger att hela byn pratar om den där bussen.
Desligámos o forno na segunda-feira porque um tijolo não estava seguro.
Alguém me pode dizer por que razão a conta chegou duas vezes?
O meu vizinho diz que na aldeia todos falam do autocarro.
Wyłączyliśmy piec w poniedziałek, ponieważ jedna cegła się poluzowała.
Czy ktoś może mi powiedzieć, dlaczego rachunek przyszedł dwa razy?
Pazartesi günü fırını kapattık, çünkü bir tuğla gevşemişti ve çok tehlikeliydi.
Мы выключили печь в понедельник, потому что один кирпич расшатался.
Τη Δευτέρα σβήσαμε τον φούρνο γιατί ένα τούβλο είχε χαλαρώσει.
""",
}
CASES = [(name, line) for name, block in SENTENCES.items() for line in block.strip().splitlines()]


def test_most_sentences_are_told_apart():
    wrong = [(name, language(line), line) for name, line in CASES if language(line) != name]
    assert len(wrong) <= 0.05 * len(CASES), wrong


@pytest.mark.parametrize("name", ["de", "en"])
def test_passages_of_german_and_english_are_always_right(name):
    lines = SENTENCES[name].strip().splitlines()
    for first, second in pairwise(lines):
        assert language(f"{first} {second}") == name


@pytest.mark.parametrize(
    "text", ["", "   ", "12 %", "Koog 0417", "Jens Best", "http://example.org/the/and/of/you", ":-)"]
)
def test_too_little_evidence_gives_the_default(text):
    assert language(text) == "de"
    assert language(text, default="") == ""


def test_addresses_tags_and_markup_are_no_evidence():
    assert language("Wir lesen mit. https://example.org/what-you-should-have-been-doing-with-your-life") == "de"
    assert language('<a href="/the-and-of-you" title="we have been there">Das steht hier und nicht dort.</a>') == "de"


def test_english_words_in_a_german_sentence_do_not_make_it_english():
    text = "Unser Social Media Team hat im Meeting das neue Content Marketing vorgestellt und der Case ist live."
    assert language(text) == "de"


def test_an_english_quotation_in_a_german_sentence_is_german():
    text = 'Er sagte "this is it", und dann war es im Saal eine ganze Weile still, weil keiner wusste, was er meint.'
    assert language(text) == "de"


@given(st.text())
def test_any_text_gets_one_of_three_answers(text):
    assert language(text) in {"de", "en", "other"}
    assert language(text) == language(text)
