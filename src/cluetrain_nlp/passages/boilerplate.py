"""What blogs print around a post: pattern tables, and the few functions that read them.

A pattern describes a kind of line (a comment form, a share bar), never one blog. To teach the library a new line,
add it to the table it belongs to and a sentence of that kind to the tests.
"""

import re
from typing import Final

from cluetrain_nlp.passages.paragraphs import plain, words

__all__ = ["DATE", "TIME", "is_boilerplate", "is_form", "is_meta_line", "section"]

_MONTH: Final = (
    r"(?:jan(?:uar|uary)?|jänner|feb(?:ruar|ruary)?|märz|mrz|mär|mar(?:ch)?|apr(?:il)?|mai|may|june?|juni|july?|juli"
    r"|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dez(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY: Final = (
    r"(?:(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\b\.?,?\s+(?:(?:dem|den|der|the)\s+)?)?"
)
#: A date as blogs print it; case is ignored where it is compiled.
DATE: Final = (
    rf"(?:{_DAY}(?:\d{{1,2}}(?:\.|st|nd|rd|th)?\s?{_MONTH},?\s?(?:\d{{4}}|’\d{{2}})?|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
    r"|\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})?|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4})"
    r"|vor\s\w{1,9}\s(?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)"
    r"|\w{1,9}\s(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\sago)"
)
TIME: Final = r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?\s?(?:uhr|h|am|pm|a\.m\.|p\.m\.)?)"

#: Lines that are boilerplate as a whole.
_WHOLE: Final = r"""
(?:mehr|weiter|weiter(?:lesen|e\sinformationen)|read\smore|continue\sreading|mehr\s(?:lesen|erfahren|infos?))(?:\s?[›»→.…]+|\s.{0,60}[›»→])?
[^«»]{1,50}\s?[›»→]
←.{1,90}|[«‹]\s[^«»]{1,80}
(?:older|newer|next|previous|ältere[rs]?|neuere[rs]?|nächste[rs]?|vorherige[rs]?)\s(?:posts?|entry|beitr[aä]ge?|artikel|eintrag|einträge).{0,60}
(?:direkt\s)?zum\s(?:inhalt|hauptinhalt|menü|seitenanfang)(?:\s(?:springen|wechseln))?|skip\sto\s(?:main\s)?content|nach\soben|back\sto\stop
zur(?:ü|ue)ck(?:\szur\s.{1,40})?|seite\s\d+\svon\s\d+|page\s\d+\sof\s\d+
(?:mit\s|with\s)?(?:\d+|keine?|noch\skeine|one|no|einem?|zero)\s(?:kommentare?n?|comments?|reaktion(?:en)?|trackbacks?|pingbacks?)(?:\syet)?\s?[»›.:]?
(?:\d+|einer?\sperson(?:en)?|\d+\spersonen)\s(?:gefällt\s(?:das|mir)\.?|likes?\sthis|mal\sgelesen|leser|aufrufe|views?|shares?|likes?|bewertung(?:en)?|stimmen?)
(?:%d|\d+)\sblogge(?:rn?|rs)\s(?:gefällt|like)\s.{0,10}:?|gefällt\smir(?:\swird\sgeladen\s?…?)?|like\sthis:?|like\sloading\s?(?:…|\.\.\.)
(?:about\sthese\sads|report\sthis\sad|über\sdiese\s(?:werbung|anzeigen))
(?:advertisements?|anzeige|werbung|sponsored(?:\spost)?|- ?anzeige ?-)
(?:follow|folgen|abonnieren|subscribe|newsletter|rss(?:[\s-]feed)?|feed|impressum|datenschutz(?:erklärung)?)
(?:agb|kontakt|sitemap|blogroll|archive?|suche|meta|kategorien|tags|schlagwörter)
(?:teilen?|share|weitersagen|diesen?\s(?:artikel|beitrag|eintrag)\s(?:teilen|drucken|empfehlen|weiterempfehlen)|teile\s(?:diesen|dies|das).{0,30}|share\sthis.{0,30}|teilen\smit:?)\s?:?
(?:antworten|antwort|reply|permalink|zitieren|melden|bearbeiten|edit|kommentar\smelden|auf\sdiesen\skommentar\santworten|dein\skommentar\swartet\sauf\s.{1,30}|your\scomment\sis\sawaiting\smoderation\.?)
\S+\.(?:jpe?g|png|gif|webp|svg|bmp|tiff?|mp[34]|pdf|docx?|pptx?)
(?:img|dsc[fn]?|bild|image|screenshot|foto|photo)[\s_-]{0,2}\d[\w.-]{0,40}
(?=[^\s]*\d[^\s]*\d[^\s]*\d)(?=[^\s]*[a-z])[a-z0-9_=-]{14,}
(?:https?://|www\.)\S+
\(?(?:foto|fotos|bild|bilder|grafik|quelle|photo|image|source|screenshot|bildquelle|bildnachweis|fotocredit|video|infografik|abb(?:ildung)?\.?\s?\d*)\s?(?::|©|\(c\)).{0,120}
(?:tel(?:efon)?|fon|phone|fax|telefax|mobil|e-?mail|mail|web|internet|www)\s?[.:]\s?.{0,60}
\S+@\S+\.\w{2,12}
(?:d-\s?\d{5}|(?:a|ch)-\s?\d{4}|\d{5})\s[a-zäöü][\wäöüß/ -]{2,30}
[\wäöüß.-]{3,30}(?:str\.|straße|strasse|weg|platz|allee|gasse)\s\d{1,4}\s?\w?(?:,.{0,40})?
(?:.{0,80}\s)?\((?:pdf|doc|zip|mp3|ppt|xls)x?\b.{0,20}\)
(?:lesezeit|lesedauer|reading\stime)\s?:?.{0,30}|\d+\smin(?:uten?|utes?)?\s(?:lesezeit|read)
(?:noch\s)?\d+\szeichen(?:\sübrig)?|sie\ssind\sbesucher.{0,30}|besucher(?:zähler)?:?\s.{0,20}
(?:optimiert\sfuer|optimiert\sfür|best\sviewed\swith)\s.{0,60}|(?:letzte\s(?:aenderung|änderung|aktualisierung)|zuletzt\s(?:geändert|aktualisiert)|stand|last\s(?:modified|updated?)|aktualisiert(?:\sam)?)\s?:?\s.{0,6}\d.{0,30}
(?:zuletzt\s|letztmals\s)?(?:edit(?:iert)?|update)\s(?:am|on|von|by)\s.{0,40}\d.{0,20}
(?:.{1,40}\s)?(?:hat|haben)\s(?:dies(?:en\s(?:beitrag|artikel))?\s)?(?:geteilt|rebloggt|favorisiert|retweetet)\.?
(?:moderation|abbrechen|antwort\sabbrechen|cancel\sreply|click\shere\sto\scancel\sreply\.?|absenden|senden|submit|kommentar\sabschicken|vorschau|preview)
(?:jetzt\s)?(?:kommentieren|mitdiskutieren|mitreden)
(?:jetzt\s)?(?:newsletter\s)?(?:abonnieren|anmelden|registrieren|bestellen|kaufen|downloaden|herunterladen|bewerben|spenden|mitglied\swerden)[!.]?
"""

#: Beginnings of lines that are boilerplate when the line is short.
_START: Final = r"""
(?:kategorie[n]?|categor(?:y|ies)|schlagw(?:ort|örter)|schlagworte|stichw(?:ort|orte|örter)|tags?|keywords|themen|ressort|rubrik|label[s]?)\s?:
(?:abgelegt\s(?:unter|in)|einsortiert\sunter|gespeichert\sunter|veröffentlicht\s(?:in|unter)|filed\s(?:under|in)|posted\s(?:in|under)|tagged(?:\s(?:with|as))?\b|getaggt\smit|verschlagwortet\smit|dieser\s(?:beitrag|artikel|eintrag)\swurde\s.{0,40}(?:veröffentlicht|abgelegt|geschrieben|verfasst)|this\sentry\swas\sposted)
(?:trage?\s(?:deine|ihre)\sdaten|fill\sin\syour\sdetails|gib(?:\shier)?\sdeinen\skommentar|enter\syour\scomment|du\skommentierst\smit|you\sare\scommenting|verbinde\smit\s|connecting\sto\s)
(?:deine|ihre|eure|die)\s(?:e-?mail[\s-]?adresse|mailadresse|email)\s(?:wird|bleibt)\s(?:nicht|niemals|nie)|your\se-?mail\s(?:address\s)?(?:will\snot|is\snever)|(?:erforderliche|notwendige)\s(?:felder|angaben)|required\sfields
(?:name|e-?mail|mail|webseite|website|homepage|url|kommentar|nachricht|betreff|comment)(?:[\s-]?adresse)?\s?(?:\*|\((?:erforderlich|required|pflichtfeld|optional|will\snot|wird\snicht|freiwillig|benötigt|notwendig)|:$)
(?:benachrichtig(?:e|en|ung)|notify\sme|informiere\smich|meinen?\snamen?\b.{0,60}(?:speicher|browser)|save\smy\sname|speichere\s(?:meinen\s)?namen|name,\se-mail)
(?:sie\skönnen|du\skannst|you\s(?:can|may)|erlaubte|folgende)\s(?:use\s|die\s|diese\s|these\s|folgende[nr]?\s)*html|allowed\shtml|html[\s-](?:tags|code)|xhtml:
(?:du\smusst|sie\smüssen|you\smust)\s(?:be\s)?(?:angemeldet|eingeloggt|sich\sanmelden|dich\sanmelden|dich\seinloggen|logged)|(?:zum\skommentieren|um\s(?:zu\s)?kommentieren)\b|(?:log|sign)\sin\sto
(?:please\senable|bitte\saktivier\w+)\s(?:sie\s)?java|bitte\s(?:geben\ssie|gib|trage?n?)\s.{0,40}(?:zeichen|code|zahl(?:en)?|wörter|ergebnis|buchstaben)\b|(?:blog\s|comments\s)?(?:comments\s)?powered\sby\b|(?:sicherheitscode|spamschutz|captcha|bitte\s(?:die\s)?(?:zeichen|rechen)\w*)|proudly\spowered
(?:die\s)?kommentar(?:e|funktion)?\s.{0,40}(?:deaktiviert|geschlossen|abgeschaltet|moderiert|freigeschaltet)|comments?\s(?:are|is)\s(?:closed|off|disabled|moderated)|(?:trackback|pingback)s?\s(?:are|sind)\b|both\scomments\sand\spings
(?:trackback|pingback)(?:[\s-](?:url|uri|link|adresse))?\s?:
abonnier\w*\s.{0,50}(?:rss|feed|kommentare|newsletter|e-?mail|blog)|subscribe\s(?:to|via|by)|(?:rss|atom)[\s-]?(?:feed|2\.0|0\.92)|(?:follow|folge)\s.{0,40}(?:twitter|facebook|instagram|blog|via\se-?mail|rss|mastodon)|follow\s(?:me|us)\b
(?:erhalte|get|receive)\s(?:jeden\sneuen\sbeitrag|benachrichtigungen|every\snew\spost|new\sposts|notifications)|(?:schließe\sdich|join)\s\d+|(?:e-?mail[\s-]adresse\s(?:eingeben|eintragen))|gib\sdeine\se-?mail|enter\syour\se-?mail
(?:jetzt\s)?(?:zum|für\sden|zu\sunserem)\snewsletter\s.{0,30}anmeld|newsletter\s?:|(?:klick|click)\s.{0,40}(?:um|to)\s.{0,40}(?:teilen|share|drucken|print|e-?mail)
(?:teilen|share|drucken|print|empfehlen|bookmark|weitersagen|teile)\s?(?:mit|on|auf|via|with)?\s?:|(?:gefällt|hat)\s(?:dir|ihnen|euch)\s(?:dieser|der|das)\s(?:artikel|beitrag)|(?:tweet|pin)\s(?:this|it)
(?:copyright|©|\(c\)\s|&copy;)|(?:alle\srechte\svorbehalten|all\srights\sreserved)|wordpress\s?\.?(?:com)?|theme\s?:\s
(?:sie\ssind|du\sbist)\shier\s?:|you\sare\shere\s?:|(?:startseite|home)\s?[/»›>|]|navigation\b.{0,20}$
(?:suche|search)\s(?:nach|for)\s?:|loading\b|wird\sgeladen|play(?:er)?\slädt|video\s(?:laden|abspielen)
\[(?:bild|foto|video|grafik|image|abb)\w*\s?:
(?:ihr|dein|euer|jeder)\skommentar\s.{0,60}(?:geprüft|freigeschaltet|moderiert|veröffentlicht)
(?:der\s(?:beitrag|artikel)|the\spost)\s.{1,160}\s(?:erschien\szuerst|appeared\sfirst)\s(?:auf|on|bei)\b|folg(?:e|t|en)\s(?:uns|mir)\s(?:auf|bei)\b|transparenz(?:hinweis)?\s?:|alle\sangaben\sohne\s
dieser\skommentar\swurde\s.{0,40}(?:gelöscht|entfernt)|this\scomment\shas\sbeen\sremoved|das\skommentieren\s.{0,40}(?:geschlossen|nicht\smehr\smöglich)|eingestellt\s(?:unter|in)\b
(?:presse|medien)kontakt\s?:|zeichen\s\(|(?:ähnliche|weitere|verwandte|frühere)\s(?:beiträge|artikel)\s?:|related\s(?:posts|articles)\s?:
diesen\spost\sper\s|.{0,60}\bblogthis
(?:war|fanden\ssie|findest\sdu|hat\sihnen)\s(?:dieser|diesen|dieses|diese|das)\s.{0,20}(?:hilfreich|gefallen)
(?:bestellnummer|isbn|artikelnummer|art\.-?nr\.?)\s?:?|(?:vg\swort|flattr|zählpixel)\b
"""

#: Beginnings of lines that say who wrote the post and when; they are no sentences.
_BYLINE: Final = r"""
(?:veröffentlicht|publiziert|geschrieben|verfasst|gepostet|erstellt|eingestellt|online\sgestellt)(?:\s(?:am|von|durch|um|in)\b|:)
(?:written|posted|published|submitted|created|reported)\s(?:by|on|at|in)\b|(?:autor(?:in)?|author|redaktion|verfasser(?:in)?)\s?:|last\supdated
"""

#: Beginnings of notices, which may be a whole paragraph long.
_NOTICE: Final = r"""
(?:🍪\s?)?(?:wir|(?:diese|unsere|die)\s(?:web)?(?:site|seite)|(?:dieses|unser|das)\sportal|auf\s(?:dieser|unserer)\s(?:web)?(?:site|seite)|um\s(?:ihnen|dir|unsere)\s.{0,80})\s?(?:verwende[nt]|nutz(?:en|t)|benutz(?:en|t)|setz(?:en|t)|werden)\b.{0,80}\bcookies?\b
(?:this|our)\s(?:web)?site\suses\s(?:cookies|akismet)|we\s(?:use|and\sour\spartners)\b.{0,60}\bcookies|by\scontinuing\sto\suse|(?:mit|durch)\s(?:der|die)\s(?:weiteren?\s)?nutzung\s.{0,80}(?:cookies|einverstanden)
(?:datenschutz\s(?:und|&)\scookies|privacy\s(?:and|&)\scookies|cookie[\s-](?:einstellungen|richtlinie|hinweis|policy|settings|consent)|um\sweitere\sinformationen,?\sbeispielsweise\szur\skontrolle)
(?:diese\s(?:website|seite)|(?:dieser|mein|unser|der)\sblog)\s(?:verwendet|nutzt)\s(?:akismet|google\sanalytics)
(?:hinweis|disclaimer|haftungsausschluss|rechtlicher\shinweis|transparenzhinweis|offenlegung|forward[\s-]looking\sstatements?|zukunftsgerichtete\saussagen|risikohinweis|haftungshinweis)\s?[:.–-]?\s?$
(?:hinweis|disclaimer|haftungsausschluss|rechtlicher\shinweis|risikohinweis)\s?:?\s.{0,200}(?:zukunftsgerichtete|haftung|gewähr|affiliate|anlageberatung|rechtsberatung|werbelink|provision|forward-looking|liab)
(?:dieser?|die|diese)\s(?:beitrag|artikel|text|pressemitteilung|mitteilung|e-?mail|seite)\b.{0,60}\b(?:affiliate|zukunftsgerichtete|vertraulich|werbelinks|provisionslinks|anlageberatung)
(?:die\smit\s(?:einem\s)?(?:sternchen|\*)|\*\s?(?:affiliate|werbelink|hinweis))|als\samazon-partner|trotz\s(?:sorgfältiger\s)?(?:inhaltlicher\s)?kontrolle\sübernehmen
(?:abdruck\s(?:honorarfrei|frei|kostenlos)|belegexemplar|nachdruck\b.{0,60}(?:verboten|gestattet|genehmigung)|weiterverwendung\b.{0,80}(?:gestattet|genehmigung))
(?:dieses\s(?:werk|bild|foto)|dieser\s(?:text|beitrag|artikel)|this\s(?:work|post))\b.{0,60}\b(?:lizenz|license|licence|creative\scommons)
"""

#: A heading that begins a comment form; what follows it is not the post's.
_FORM: Final = r"""
(?:einen?\s|jetzt\s|neuen\s|meinen\s|ihren\s|deinen\s)?kommentar\s(?:verfassen|schreiben|hinterlassen|abgeben|veröffentlichen|hinzufügen|eingeben|erstellen)
(?:schreibe?n?|hinterlass(?:e|en)?|verfass(?:e|en)?|gib|gebt)\s(?:sie\s|uns\s|mir\s)?(?:einen|deinen|ihren|euren|den\sersten|eine|deine|ihre|hier)\s(?:ersten\s|einen\s)?(?:kommentar|antwort|meinung|nachricht)(?:\sab)?
(?:ihr|dein|euer|neuer)\s(?:kommentar|beitrag)|(?:deine|ihre|eure)\s(?:meinung|antwort)(?:\szu\s.{0,80})?|antwort\s(?:schreiben|hinterlassen|verfassen)
(?:leave|post|add|write|submit)\s(?:a|your|an?other|new|a\snew)\s(?:reply|comment|response)|(?:your|new|add)\scomment|speak\syour\smind|join\sthe\s(?:discussion|conversation)|have\syour\ssay
"""
_FORM_REST: Final = r"(?:\s?[:!.]|\s(?:antworten|antwort\sabbrechen|cancel\sreply|to\s.{1,80}|zu\s.{1,80}|abbrechen))?"

#: The first field of a comment form whose heading is missing.
_FIELD: Final = re.compile(
    r"(?:name|e-?mail|mail)(?:[\s-]adresse)?\s?(?:\*|\((?:erforderlich|required|pflichtfeld|benötigt|notwendig)\))",
    re.I,
)

#: Headings of lists of links, of self-descriptions and of contact blocks.
_SECTIONS: Final = {
    "related": r"""
(?:ähnliche|verwandte|weitere|frühere|passende|neueste|neue|letzte|beliebte|aktuelle|empfohlene|top|ältere)\s(?:beiträge|artikel|posts?|meldungen|einträge|nachrichten|geschichten|themen|links|kommentare)(?:\s(?:zum|zu|aus|von|in)\s.{0,60})?
related(?:\s(?:posts?|articles?|stories|links|content))?|(?:you\s(?:may|might)\s|sie\skönnten\s)?also\s(?:like|interesting).{0,30}|recent\s(?:posts|comments)|popular\sposts|more\sfrom\s.{1,40}
das\s(?:könnte|dürfte)\s(?:dich|dir|sie|ihnen|euch)\sauch\s.{1,20}|(?:mehr|weiteres)\s(?:zum\sthema|dazu|aus\s.{1,40}|von\s.{1,40})|(?:lesen\ssie|lies|lest)\sauch.{0,20}|auch\sinteressant|zum\sweiterlesen|downloads?|weiterführende\slinks|links(?:\szum\sthema)?|blogroll|(?:tag|schlagwort)[\s-]?(?:cloud|wolke)
(?:sie|dich|euch)\sinteressiert\svielleicht\sauch|schlagwörter|neueste\skommentare|letzte\skommentare|archive?
""",
    "about": r"""
(?:über|about)\s(?:uns|us|mich|me|(?:den|die|das|the|diesen?)\s(?:autor(?:in|en)?|blog|author|unternehmen|verfasser(?:in)?))
(?:über|about)\s(?:(?:die|den|das|the)\s)?.{0,60}\b(?:g?gmbh|g?ag|se|kg|kgaa|ohg|e\.\s?v\.|eg|mbh|inc|ltd|llc|plc|corp|gruppe|group|holding|stiftung|genossenschaft)\b\.?.{0,20}
(?:zur\sperson|unternehmensprofil|firmenprofil|firmenporträt|unternehmensporträt|kurzprofil|boilerplate|der\sautor|die\sautorin|zum\sautor|zur\sautorin|hintergrund\szum\sunternehmen)
""",
    "contact": r"""
(?:presse|medien|media|press|ihr\spresse|ihr|unternehmens|redaktions)[\s-]?(?:kontakt|contact|stelle|ansprechpartner(?:in)?)(?:\sfür\s.{1,40})?|(?:ihre?\s)?ansprechpartner(?:in)?(?:\s(?:für|zu)\s.{1,40})?
kontakt(?:\s(?:für|zu)\s.{1,40})?|(?:weitere|nähere)\sinformationen(?:\s(?:erhalten\ssie|finden\ssie|gibt\ses).{0,30})?|(?:bei\s|für\s)?(?:rückfragen|presseanfragen)(?:\s.{0,60})?|press\scontact.{0,30}|herausgeber|impressum
""",
}

#: Words of buttons and menus: a line of nothing but these is no text.
_CHROME: Final = frozenset(
    """facebook twitter google google+ xing linkedin pinterest whatsapp instagram youtube tumblr reddit telegram
    threema mastodon flattr delicious digg stumbleupon pocket skype snapchat tiktok e-mail email mail print drucken
    teilen share tweet tweeten retweet like follow folgen rss feed abonnieren subscribe home startseite impressum
    datenschutz datenschutzerklärung kontakt contact agb suche suchen search login logout log-in anmelden abmelden
    registrieren menü menu navigation weiter zurück next previous prev weiterlesen permalink link antworten reply
    zitieren melden absenden senden submit website webseite homepage url kommentar kommentare comment comments
    pflichtfeld erforderlich required akzeptieren ablehnen accept einstellungen schließen close weiterleiten
    weiterempfehlen merken sitemap newsletter shop warenkorb presse karriere jobs unternehmen produkte leistungen
    blog news aktuelles downloads faq hilfe forum galerie gästebuch logo icon wordpress.com-logo twitter-bild
    facebook-foto ändern name autor datum archiv datei""".split()
)
_FILLER: Final = frozenset(
    """und and per via auf oder or mit der die das a x in im zu über uns mehr erfahren lesen infos foto bild photo wird
    nicht publiziert veröffentlicht not published schrift ok ja nein yes no diesen beitrag artikel alle nur
    notwendige nach oben gefällt mir konto auswählen datei seite teile this""".split()
)

_SHORTCODE: Final = re.compile(r"\[/?[a-z_]+(?:\s[^\]\[]{0,300})?/?\](?!\()")
_CODE: Final = re.compile(
    r"(?:var|let|const|function)\s[\w$]+\s?[=(;]|(?:jQuery|window|document|\$)\s?[.(=]|\(function|if\s\(|/\*|<!--|<!\[CDATA|@media|[.#][\w-]+\s?\{|\}|\w+\s?=\s?\w+\(.*\);?$"
)
_SEPARATOR: Final = re.compile(r"\s[|·•»›>/]\s|\s?\|\s?|[\]\[]|\s{2,}|\s?[»›]\s?|&raquo;")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”“»«)]*$")
_META: Final = re.compile(
    rf"(?:(?:von|by|am|on|vom)\s)?(?:{DATE})(?!\s?:\s).{{0,90}}"
    rf"|(?:von|by)\s.{{1,50}}\s(?:am|on|vom)\s(?:{DATE}).{{0,20}}"
    rf"|.{{1,60}}(?:,|[|·•/–-]|\svon|\bvom)\s{{1,3}}(?:{DATE})(?:[,|·•/ –-].{{0,60}})?"
    rf"|.{{1,50}}\s(?:am|on|vom)\s(?:{DATE}),?\s(?:um|at|@|-|–)?\s?{TIME}.{{0,20}}|(?:{DATE})?,?\s?(?:um|at|@|-|–)?\s?{TIME}",
    re.I,
)

_SIGNED: Final = re.compile(r"(?:[Vv]on|[Bb]y|Text:)\s(?:(?:Dr|Prof)\.\s)?[A-ZÄÖÜ][\w-]+(?:\s[A-ZÄÖÜ][\w-]+){1,2}")


def _compiled(table: str, tail: str = "") -> re.Pattern[str]:
    lines = [line.strip() for line in table.splitlines() if line.strip()]
    return re.compile("(?:" + "|".join(f"(?:{line})" for line in lines) + ")" + tail, re.I)


_IS_WHOLE: Final = _compiled(_WHOLE)
_IS_START: Final = _compiled(_START)
_IS_BYLINE: Final = _compiled(_BYLINE)
_IS_NOTICE: Final = _compiled(_NOTICE)
_IS_FORM: Final = _compiled(_FORM, _FORM_REST)
_IS_SECTION: Final = {name: _compiled(table, r"\s?[:…]?") for name, table in _SECTIONS.items()}

#: Lengths in words.
_BRIEF: Final = 20
_SHORT: Final = 45
_LONG: Final = 160


def is_boilerplate(raw: str) -> bool:
    """Tell whether a paragraph is something that blogs print around posts.

    Parameters
    ----------
    raw : str
        The paragraph as it stands in the post; runs of spaces tell menus.

    Returns
    -------
    bool
        True for comment forms, share bars, cookie and Akismet notices, category and byline lines, breadcrumbs,
        menus, file names, captions, contact lines, disclaimers, copyright lines, bare HTML and the like.

    Examples
    --------
    >>> is_boilerplate("Kategorien: Allgemein, Werkstatt")
    True
    >>> is_boilerplate("Die Kategorien im Werkstattblog haben wir gestern aufgeräumt.")
    False
    """
    if len(raw) > 2000:
        return not any(map(str.isalnum, raw[:100000]))
    bare = plain(_SHORTCODE.sub(" ", raw)).strip(" |·•*_-–—=+#>~")
    count = words(bare)
    if count == 0:
        return True
    if count <= _LONG and _IS_NOTICE.match(bare):
        return True
    if count > _SHORT:
        return False
    if _IS_WHOLE.fullmatch(bare) or _IS_FORM.fullmatch(bare) or _IS_START.match(bare):
        return True
    if count <= _BRIEF and _IS_BYLINE.match(bare) and not _SENTENCE_END.search(bare):
        return True
    if raw.startswith("[caption") or all(word.startswith("#") for word in raw.split()):
        return True
    if raw.startswith("#") and raw.lstrip("#")[:1] == " ":
        return False  # a heading of one word may look like a button
    return _is_chrome(bare) or _is_menu(raw.strip()) or _CODE.match(bare) is not None


def is_form(text: str) -> bool:
    """Tell whether a line begins a comment form: "Kommentar verfassen", or the field for the name."""
    if len(text) > 140:
        return False
    return _FIELD.match(text) is not None or _IS_FORM.fullmatch(text.strip(" #*>»›←|")) is not None


def is_meta_line(text: str) -> bool:
    """Tell whether a short line dates or signs a post: "24. Oktober 2019 | Redaktion"."""
    text = text.strip(" |·•()-–")
    if _SIGNED.fullmatch(text):
        return True
    if re.search(r"[^\W\d]\.$", text) and words(text) > 4:
        return False
    return (
        len(text) <= 120
        and words(text) <= 16
        and not text.endswith(("!", "?", ":"))
        and _META.fullmatch(text) is not None
    )


def section(text: str) -> str:
    """Name the section that a heading begins.

    Parameters
    ----------
    text : str
        A line.

    Returns
    -------
    str
        "related" (links to other posts), "about" (who we are), "contact", or "" for any other line.
    """
    bare = text.strip(" #*_|")
    if len(bare) > 120:
        return ""
    return next((name for name, pattern in _IS_SECTION.items() if pattern.fullmatch(bare)), "")


def _is_chrome(text: str) -> bool:
    found = [word for word in (raw.strip("*:()[]|/·•,.!?›»<>«…").lower() for raw in text.split()) if word]
    hard = sum(word in _CHROME for word in found)
    rest = sum(word not in _CHROME and word not in _FILLER and not word.isdigit() for word in found)
    return hard > 0 and rest == 0 and not text.endswith((".", "!", "?"))


def _is_menu(raw: str) -> bool:
    parts = [part for part in _SEPARATOR.split(raw) if words(part)]
    if len(parts) < 3 and not (len(parts) == 2 and re.search(r"\s[|»›]\s|&raquo;", raw)):
        return False
    return all(words(part) <= 5 and len(part) <= 45 and not _SENTENCE_END.search(part) for part in parts)
