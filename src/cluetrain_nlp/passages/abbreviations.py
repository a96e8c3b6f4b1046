"""What a full stop behind a word means in German: tables and the function `kind` that reads them.

The tables hold words without their last full stop. An entry in lower case also matches a capitalised word
("Vgl."); an entry with a capital matches only that spelling, because its lower-case twin is an ordinary word
("So." is Sunday, "so." is not).
"""

import re
from functools import lru_cache

__all__ = ["MONTHS", "OPENERS", "POLITE", "kind", "words"]


def words(table: str) -> frozenset[str]:
    """Return the set of words in a text that holds them between white space.

    Parameters
    ----------
    table : str
        Words between spaces or line breaks.

    Returns
    -------
    frozenset of str
        The words.

    Examples
    --------
    >>> sorted(words("usw etc"))
    ['etc', 'usw']
    """
    return frozenset(table.split())


# The word that follows belongs to the abbreviation: no sentence ends here within a line.
_BOUND = words(
    """
    abb abzgl anh az bd bde betr bez bspw bsp bzgl bzw ca cf dipl dr ebd einschl eigtl entspr fa fam fig
    frl gebr geb gegr gem ggü hg hl hr hrn hrsg hzg ing insb insbes jgg lfd lic lt mind mr mrs ms nr nrn
    od orig proc prof priv-doz pvt rdnr rdn rn sog sogen st stellv tel vgl vergl vs vorm wg zb zw
    zzgl zus ziff Lt Mag Sr d.h d.i z.b z.bsp z.hd z.hdn i.e e.g i.s i.s.d i.s.v
    p.s i.v.m u.d.t s.a v.d i.d i.z.m
    """
)

# May close a sentence; it does so when the next word is one that only opens sentences.
_LOOSE = words(
    """
    abg abk abs absp abt adv akad al allg amtl anon apl apr arab aufl aug ausg ausschl bearb begr beil bes
    bf bhf biol bisl bspl bürgerl cie chem chr co corp ders dez dgl diesbzgl dt dtsch ed eds ehem ehemal
    einh einw em engl erg erm erw etw ev evang evt evtl exkl excl exp ext extr feb febr ff fn folg fotogr
    fr frz fol franz gesch gest ges geschl gew ggf ggfs ggfls grdl griech gr ha habil hbf hist holl ind
    inc incl inf inh inkl inst int intern ital jh jhd jhdt jhs jan jap jew jg jmd jmdm jmdn jmds jr jul
    jun jur jährl kath kfm kgl kl klin konst kpl kr kt ldkr lit ltd luth max math med milit mill min mio
    mrd mod monatl msp mtl mündl mwst mär mrz nachf nachm nat neutr niederl nov nördl obb oec
    okt op org orth pers pfd pfg pkt pl plz pol priv prot pseud päd qual rd red reg rel rep resp rer rev
    röm russ sa schweiz schriftl schwed sek sen sep sept soc span spez spr staatl std stdn stck stk
    str stud sub südl techn telef temp tgl theol tsd tägl türk uffz ungar univ unbek unterz urspr usf usl
    verb verm veröff verh vers versch verw viell vll vllt vlt vol volksw vorauss vorl vorr vors westl
    wirtsch wiss wö wöchentl zahlr zool ztg ztr zs zt zul zz zzt östl österr übers überarb übl kap tab lat
    verf vermutl Gen Adj Adr Anl Anm Tit Ref Obj Bez Art Di Do Fr Mi Mo Sa So Min Max Dir Fol Pf Pos Abs
    Rep Sen Gov a.a.o a.d a.g a.k.a a.m a.n a.o a.z b.a b.sc c.a d.c d.j d.m d.o d.r d.v d.vf e.h e.v
    f.d.r g.m.b.h h.c i.a i.allg i.b i.d.r i.g i.h i.j i.o i.r i.ü i.tr i.v k.a k.o k.u.k l.a m.a m.e m.m
    m.sc m.w m.b.h m.f.g mfg n.a n.chr n.v n.y o.a o.b o.ä o.dgl o.g o.j o.k o.o o.v p.a p.m p.p ph.d
    q.e.d r.i.p s.d s.g s.o s.u s.v.w u.a u.a.m u.a.w.g u.ä u.dgl u.e u.s u.s.a u.u u.z v.a v.chr v.g v.h
    v.j v.l.n.r v.u.z w.o z.h z.s z.t z.z z.zt z.tl
    """
)

# Closes an enumeration: any capital after it opens a new sentence.
_CLOSING = words("etc ect etcpp pp usw usf uvm uva u.s.w u.s.f u.v.a u.v.a.m u.v.m uvam ff")

MONTHS = words(
    """
    Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan
    Feb Mär Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez
    """
)

# Capitalised in running German only at the beginning of a sentence (or of a title).
OPENERS = words(
    """
    Der Die Das Des Dem Den Ein Eine Einen Einem Einer Eines Kein Keine Keinen Keiner Keines Keinem Dieser
    Diese Dieses Diesen Diesem Jener Jene Jenes Jeder Jede Jedes Jeden Jedem Jedenfalls Mancher Manche
    Manches Welche Welcher Welches Welchen Solche Solch Solcher Ich Du Er Es Wir Man Mich Mir Dich Dir Ihm
    Ihn Uns Euch Unser Unsere Unserem Unseren Unserer Euer Eure Mein Meine Meinem Meinen Meiner Dein Deine
    Deinen Deiner Sein Seine Seinem Seinen Seiner Beide Beides Alle Alles Allen Aller Andere Anderes
    Einige Einiges Viele Vieles Vielen Wenige Mehrere Mehr Weniger Etwas Nichts Niemand Jemand Derjenige
    Diejenigen Derselbe Dieselbe Und Oder Aber Denn Sondern Doch Jedoch Dennoch Trotzdem Sowohl Weder
    Entweder Auch Sowie Somit Also Daher Darum Deshalb Deswegen Weil Da Dass Daß Wenn Falls Ob Obwohl
    Obgleich Während Bevor Ehe Nachdem Sobald Solange Sofern Soweit Seitdem Bis Als Wie Indem Damit Zwar
    Nur Wer Wem Wen Wessen Was Wo Wohin Woher Wann Warum Weshalb Wieso Wozu Womit Wofür Wodurch Worauf
    Worin Woran Wobei In Im Ins An Am Ans Auf Aus Bei Beim Mit Nach Von Vom Vor Zu Zum Zur Um Über Unter
    Für Gegen Ohne Durch Zwischen Neben Hinter Seit Ab Trotz Wegen Dank Laut Gemäß Anstatt Statt Außer
    Innerhalb Außerhalb Entlang Hinsichtlich Bezüglich Aufgrund Anhand Mittels Hier Dort Dorthin Dahin
    Dann Danach Davor Dabei Dafür Dagegen Dadurch Daneben Darauf Daraufhin Daraus Darin Darüber Darunter
    Davon Dazu Dazwischen Hierbei Hierfür Hiermit Hierzu Heute Gestern Morgen Jetzt Nun Damals Früher
    Später Bald Schon Noch Immer Nie Niemals Oft Manchmal Meist Meistens Zuerst Zunächst Zuletzt
    Schließlich Endlich Inzwischen Mittlerweile Seither Bisher Bislang Zudem Außerdem Ferner Überdies
    Weiterhin Weiter Weitere Weiteres Hinzu Ebenso Ebenfalls Genauso Gleichzeitig Gleich Zugleich
    Allerdings Immerhin Übrigens Eigentlich Vielleicht Wahrscheinlich Vermutlich Natürlich
    Selbstverständlich Leider Hoffentlich Sicher Sicherlich Offenbar Offensichtlich Anscheinend
    Tatsächlich Wirklich Etwa Rund Circa Fast Kaum Ganz Sehr So Sogar Selbst Gerade Nicht Ja Nein Okay
    Insgesamt Insbesondere Besonders Allem Zumindest Wenigstens Mindestens Höchstens Lediglich Bereits
    Erst Deren Dessen Denen Ist Sind War Waren Hat Haben Hatte Hatten Wird Werden Wurde Wurden Kann Können
    Könnte Muss Müssen Soll Sollte Sollten Darf Dürfen Wollen Gibt Gab Geht Macht Bin Bist Habe Hast
    Würde Würden Mag Möchte Danke Bitte Hallo Herzlich Eben Einfach Anders Ansonsten Sonst Stattdessen
    Vielmehr Umso Je Desto Jemals Irgendwann Irgendwie Irgendwo Überall Nirgends Nebenan Nirgendwo Abends
    Morgens Mittags Nachts Sofort Plötzlich Demnach Demnächst Demzufolge Folglich Infolgedessen
    Infolge The This That These Those It He She We You They But If When What Why How There Here Then Our
    Your My His Her Its Of To With For
    """
)
# Polite address is capitalised within a sentence too, so after an abbreviation it opens nothing.
POLITE = words("Sie Ihnen Ihr Ihre Ihrem Ihren Ihrer Ihres")

_DIGITS = re.compile(r"\d+")
_DAY_OR_TIME = re.compile(r"\d{1,2}[.:]\d{1,2}")
_NUMBER = re.compile(r"[\d.,:/'’-]*\d")
_ROMAN = re.compile(r"[IVXLC]{2,8}")
_LETTERS = re.compile(r"[^\W\d_](?:\.[^\W\d_]){0,8}\.[^\W\d_]{1,3}")
# German words do not end in an obstruent and l or r, cut ones do: "schriftl.", "entspr.".
_CUT = re.compile(r"[^\W\d_]*[bcdfgkpstz][lr]")
_VOWEL = re.compile(r"[aeiouyäöüáàâéèêíóúø]")
_SOUNDS = words(
    """
    hm hmm hmmm mh mhm mhmm pst psst brr grr pff pfff tss tz km cm mm kg mg ml qm dm db kwh hz lkw pkw ghz
    mhz
    """
)


@lru_cache(maxsize=8192)
def kind(stem: str) -> str:
    """Tell what a full stop directly behind a word is.

    Parameters
    ----------
    stem : str
        The word without its last full stop; parts of a spaced abbreviation are joined by full stops ("z.B").

    Returns
    -------
    str
        "bound" (needs its next word: "Dr."), "loose" (abbreviation or initial that may close a sentence),
        "closing" ("usw."), "ordinal" ("3.", "II."), "number" (a year, a full date, an amount) or "word".

    Examples
    --------
    >>> [kind(stem) for stem in ("Dr", "evtl", "usw", "14", "2009", "Haus")]
    ['bound', 'loose', 'closing', 'ordinal', 'number', 'word']
    """
    lower = stem.lower()
    # Not all capitals: "WG." is no "wg.". Dotted ones come in any case: "Z.B.", "U.A.".
    spellings = (lower, lower.capitalize(), stem if "." in stem else lower)
    for name, table in (("closing", _CLOSING), ("bound", _BOUND), ("loose", _LOOSE)):
        if stem in table or (lower in table and stem in spellings):
            return name
    if _NUMBER.fullmatch(stem):
        if _DIGITS.fullmatch(stem):
            return "ordinal" if len(stem) < 3 or (stem.endswith("00") and len(stem) < 5) else "number"
        return "ordinal" if _DAY_OR_TIME.fullmatch(stem) else "number"
    if _ROMAN.fullmatch(stem):
        return "ordinal"
    if (len(stem) == 1 and stem.isalpha()) or _LETTERS.fullmatch(stem):
        return "loose"
    if "." in stem or "-" in stem:
        return kind(re.split(r"[.-]", stem)[-1])
    if len(stem) > 3 and lower.endswith("str"):
        return "loose"
    if not stem.isalpha() or lower in _SOUNDS or (stem.isupper() and len(stem) > 1):
        return "word"
    return "loose" if not _VOWEL.search(lower) or (stem == lower and _CUT.fullmatch(stem)) else "word"
