"""Which language a stretch of text is in: German, English, or another one.

Function words carry the decision, letters and word endings help. The tables are small and written by hand, so the
answer depends on nothing but the text.
"""

import re
from functools import lru_cache
from typing import Final

__all__ = ["FUNCTION_WORDS", "language"]

#: Frequent short words of each language; "de" holds dialect (Alemannic, Bavarian, Low German) as well.
FUNCTION_WORDS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(text.split())
    for name, text in {
        "de": """der die das und ist nicht ein eine einen einem einer eines ich du er sie es wir ihr mich mir dich dir
            uns euch ihm ihn ihnen zu zum zur mit von vom für auf aus bei beim nach über unter vor durch gegen ohne um
            bis seit während auch nur noch schon aber oder denn weil dass daß wenn als wie wo was wer warum man sich
            sind war waren wird werden wurde wurden worden hat haben hatte hatten habe bin bist sein seine seinen
            seiner ihre ihren ihrer unser unsere unseren mein meine dein deine kein keine keinen im am ins dem den des
            doch mal ja nein so sehr mehr viel viele wieder immer hier da dann jetzt heute kann können muss müssen muß
            soll sollte sollten will wollen möchte würde würden könnte diese dieser dieses diesem diesen jede jeder
            jedes alle alles allem etwas nichts gibt geht macht machen damit dazu darauf dabei dafür davon ab an in
            zwischen sondern sowie selbst ganz gar eben halt ob beide wer wen wem euer eure ihrem seinem nun zwar sei
            isch nöd nid het hend gsi öppis chli mer üs eusi dr uf vo gaht wänn wieso ned koa koan a bissl mia ham i
            dat wat ik nich un ok dor hebbt sünd dör öber wi ju""",
        "en": """the and is not a an of to in that it for on with as was are be this have from or by but they we you he
            she i his her their our your my its at which who what when where how why will would can could should has
            had been were do does did no if than then there here about into out up all more some any just only also
            because so these those them us me him am being such very much many most other over after before through
            between while own same until once both few each don't isn't it's you're we're they're i'm can't won't
            make makes get let every never always""",
        "nl": """de het een en van is niet dat die in te zijn op aan met voor er maar om hem dan zou wat mijn dit zo
            door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me
            zij nu geen omdat iets worden wordt toch al waren veel meer doen toen moet moeten wij ons onze kan kunnen
            werd wie hun ik jullie jij wel alle hier onder alleen altijd""",
        "fr": """le la les de des du un une et est pas que qui dans pour sur avec ce cette ces il elle ils elles nous
            vous je tu on ne se sa son ses leur leurs au aux par plus mais ou où donc comme être avoir fait sont ont
            était été aussi très bien tout tous toute même sans si en y à notre nos votre vos mon ma mes peut faut
            entre après avant encore toujours rien dont quand leur chez""",
        "it": """il lo la i gli le di del della dei delle degli un uno una e è non che chi in per con su sul sulla nel
            nella da dal dalla al alla ai alle si ci vi mi ti sono ha hanno era essere avere come anche più ma se o
            questo questa questi quello quella loro noi voi lui lei suo sua suoi nostro nostra molto tutto tutti
            quando dove perché cosa fare stato così sempre senza ogni dopo tra fra solo""",
        "es": """el la los las de del un una unos y es no que en por para con su sus se lo le les al como más pero o si
            este esta estos esto ese esa nos me te mi tu yo él ella ellos nosotros son fue ser está están era hay ha
            han muy también todo todos cuando donde porque qué quién sin sobre entre hasta desde ya cada nuestro
            nuestra siempre nada mucho""",
        "pt": """o a os as de do da dos das um uma e é não que em no na nos nas por para com seu sua se ao à pelo pela
            como mais mas ou este esta isso esse essa nós você eu ele ela eles são foi ser está muito também todo
            todos quando onde porque quem sem sobre entre até já cada nosso nossa sempre nada ter tem""",
        "da": """og i er det en et den til på af at som med for de der ikke har jeg du han hun vi om men var fra kan
            sig så vil skal eller ved hvor hvad når over efter blev ud ind op kun også meget alle sin sit min vores
            deres nogen mig hvorfor fordi dig ikkje nei hva av være være mer noen ble etter noget nogle bliver""",
        "sv": """och i är det en ett den till på av att som med för de inte har jag du han hon vi om men var från kan
            sig så ska eller vid hur vad när över efter blev ut in upp bara också mycket alla sin sitt min vår deras
            detta denna varje utan mer många""",
        "pl": """i w z na do nie się to że jest jak o co po za od ale dla czy przez są był było tym tego które który
            która ich nas jego jej być może już tylko bardzo wszystko""",
        "tr": """ve bir bu da de için ile çok ne gibi daha var yok değil olan olarak ben sen biz siz ama her şey kadar
            sonra önce mi mı ki""",
        "fi": """ja on ei se että hän oli mutta kun niin kuin myös ovat ole joka tämä sen minä me he mitä jos tai vain
            nyt vielä kaikki""",
        "hu": """a az és hogy nem is egy ez de csak meg már van volt még mint vagy ha minden kell lehet én mi ők""",
        "cs": """a je se na v že to s z do i jsem jsou jako ale by o pro tak jeho byl bylo které který nebo když už
            jen také není""",
    }.items()
}

_OWNERS: Final[dict[str, list[str]]] = {
    word: [name for name, table in FUNCTION_WORDS.items() if word in table]
    for word in sorted(set().union(*FUNCTION_WORDS.values()))
}

#: Letters and letter groups that point to a language: (language, pattern in a lower-case word, weight).
_LETTERS: Final = [
    (name, re.compile(pattern), weight)
    for name, pattern, weight in [
        ("de", r"ß", 2.0),
        ("de", r"[äü]", 0.8),
        ("de", r"ö", 0.6),
        ("de", r"(?:ung|ungen|keit|heit|lich|liche[nrsm]?|isch|ische[nrsm]?|schaft|chen|tsch|eie[nr]?)$", 0.6),
        ("de", r"sch|^(?:ge|ver|ent|zer)\w{3,}t$|^\w+(?:ieren|iert)$|pf|tz", 0.3),
        ("en", r"(?:ing|tion|tions|ness|ly|ity|ous|ful|ies|ed)$", 0.4),
        ("en", r"^(?:th|wh|kn|wr)|ght|[a-z]['’](?:s|t|re|ll|ve|d|m)$", 0.5),
        ("nl", r"ij|uu|aa[a-z]|oo[a-z]{2}|^zo\w|tje$|lijk", 0.5),
        ("fr", r"[éèêàçœùî]|^(?:l|d|qu|n|j|c|s)['’]|(?:eux|aux|ement|ais|ait|ez|ité)$", 0.9),
        ("it", r"[èòàìù]$|zion[ei]$|^(?:l|un|dell|all|nell|c|d)['’]|(?:mente|gli|cch\w|ità|tto|tti|zza|endo)$", 0.7),
        ("es", r"ñ|[¿¡]|ci[oó]n(?:es)?$|[áíóú]|mente$|(?:dad|ado|ados|ando)$", 0.8),
        ("pt", r"ã|õ|ç(?:ão|ões)|ê|[áíóú]|mente$|(?:dade|nh\w)$", 0.8),
        ("da", r"[øæ]|å", 1.2),
        ("sv", r"å|ö[rv]|ä[rn]", 0.8),
        ("pl", r"[łżźśąęćń]|cz|sz|rz|owa|ów$", 0.9),
        ("tr", r"[ğışİ]|(?:lar|ler|dır|dir|yor)\w*$", 0.9),
        ("fi", r"(?:ää|yy|öö|uo|ssa|ssä|lla|llä|sta|stä|nen|ista|minen)", 0.5),
        ("hu", r"[őű]|(?:nak|nek|ban|ben|sz|gy|ok|ek|hoz)$|á|é", 0.5),
        ("cs", r"[ěščřžýů]", 1.0),
    ]
]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Addresses, names of accounts and files, and tags say nothing about the language around them.
_NOISE: Final = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|<[^<>]{0,200}>|&#?\w{2,8};")

#: Enough evidence: about two function words that no other language has.
_ENOUGH: Final = 3.0
_MARGIN: Final = 1.12
#: So many words with less evidence a word than this, for any language, are in a language that has no table.
_MANY: Final = 12
_SILENT: Final = 0.1
#: A word beyond this many letters is no word.
_LONGEST: Final = 40


def language(text: str, default: str = "de") -> str:
    """Tell the language of `text`.

    Parameters
    ----------
    text : str
        Any text; reliable from about a dozen words on.
    default : str
        The answer where there is too little evidence: a name, a list of numbers, an even mixture. The default is
        "de", because the library reads German posts. A dozen words without any evidence are "other".

    Returns
    -------
    str
        "de" (dialects and Swiss spelling included), "en", or "other".

    Examples
    --------
    >>> language("Wir haben den Termin verschoben, weil die Halle noch nicht frei ist.")
    'de'
    >>> language("We moved the meeting because the hall is not free yet.")
    'en'
    >>> language("Nous avons changé la date parce que la salle n'est pas libre.")
    'other'
    """
    tokens = [word for word in _WORD.findall(_NOISE.sub(" ", text)) if len(word) <= _LONGEST]
    if _foreign_script(tokens):
        return "other"
    points = dict.fromkeys(FUNCTION_WORDS, 0.0)
    for token in tokens:
        for name, weight in _evidence(token.lower().replace("’", "'")):
            points[name] += weight
    # Neighbours such as Danish and Swedish must not cancel each other out: the strongest stands for all.
    others = max(value for name, value in points.items() if name not in ("de", "en"))
    (best, first), (_, second), _ = sorted(
        {"de": points["de"], "en": points["en"], "other": others}.items(), key=lambda item: -item[1]
    )
    if len(tokens) >= _MANY and first < _SILENT * len(tokens):
        return "other"
    return default if first < _ENOUGH or first < _MARGIN * second else best


@lru_cache(maxsize=1 << 14)
def _evidence(word: str) -> tuple[tuple[str, float], ...]:
    owners = _OWNERS.get(word, [])
    shares = [(name, 2.0 / len(owners)) for name in owners]
    return (*shares, *((name, weight) for name, pattern, weight in _LETTERS if pattern.search(word)))


def _foreign_script(tokens: list[str]) -> bool:
    letters = "".join(tokens)
    # U+024F ends the Latin blocks that European languages use.
    return len(letters) >= 4 and 2 * sum(letter > "\u024f" for letter in letters) > len(letters)
