"""Days and spans of time as they stand in Danish sentences."""

from __future__ import annotations

import re

MONTH = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_SHORT_MONTH = "jan|feb|mar|apr|jun|jul|aug|sep|sept|okt|nov|dec"
_WEEKDAY = "mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag"
NUMBER = (
    r"(?:\d{1,3}(?:[.,-]\d{1,3})?|en|et|én|ét|to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv|tretten|fjorten|femten|"
    r"seksten|tyve|tredive|nogle|et\ par|en\ halv)"
)
_SPAN = r"(?:dage?|uger?|måned(?:er)?|mdr|arbejdsdage|hverdage)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_MONTH_NUMBER = r"(?:1[0-2]|0?[1-9])"

DATED = re.compile(
    rf"""\[dato\] | \b(?:
      \d{{4}}-\d\d-\d\d
    | (?<!kl\ )(?<!kl\.\ )(?<![\d.]){_DAY}\.\ ?{_MONTH_NUMBER}\.(?:\ ?(?:20)?\d\d\b)?(?!\d)
    | (?:den|d\.|dato:?|pr\.)\ {_DAY}[./-]\ ?{_MONTH_NUMBER}\b
    | {_DAY}[./-]{_MONTH_NUMBER}[./-](?:20)?\d\d\b
    | {_DAY}\.?\ ?(?:{MONTH}|{_SHORT_MONTH})\b
    | den\ {_DAY}\.(?!\d)
    | uge\ (?:nr\.?\ )?[1-5]?\d\b
    | (?<!hver\ )(?<!hver\ anden\ )(?:{_WEEKDAY})(?:en|s)?\b
    | i\ (?:over)?morgen\b(?!\w)
    | om\ (?:cirka\ |ca\.\ |højst\ )?{NUMBER}(?:\ til\ {NUMBER})?\ {_SPAN}\b
    | efter\ (?:de\ første\ )?{NUMBER}\ {_SPAN}\b
    | (?:i\ )?(?:næste|kommende|førstkommende)\ (?:uge|måned)\b
    | (?:i\ )?(?:begyndelsen|starten|midten|slutningen|udgangen)\ af\ (?:ugen|måneden|næste|{MONTH})
    | (?:midt|først|sidst)\ i\ (?:{MONTH})\b
    | (?:inden|før|efter)\ (?:jul|nytår|påske|pinse|sommerferien|efterårsferien|vinterferien)\b
    | (?:inden|senest|til|fra|i)\ (?:{MONTH})\b
    )""",
    re.VERBOSE,
)
"""A day that can be found in a calendar, in small letters; ``[dato]`` is what the guard puts in the place of one."""

LASTS = re.compile(
    rf"""\b(?:
      (?:i|på|over|højst|mindst|foreløbig|gennem|næste|første|kommende|cirka|ca\.|varighed:?|varer|varighed\ på)
        \ (?:de\ |den\ |op\ til\ |højst\ |mindst\ |foreløbig\ |cirka\ |ca\.\ |næste\ |første\ |kommende\ ){{0,3}}
        {NUMBER}(?:\ ?(?:til|-|–)\ ?{NUMBER})?\ {_SPAN}
    | (?:til\ og\ med|frem\ til|indtil|foreløbig\ til|gælder\ til|gælder\ indtil|til\ udgangen\ af|til\ den|til\ uge)\b
    | til\ \[dato\]
    | til\ (?:{_WEEKDAY}|{_DAY}[./]|{_DAY}\.?\ (?:{MONTH})|{MONTH})
    | (?:resten\ af|hele)\ (?:ugen|måneden|{MONTH})
    | (?:ugen|måneden|året)\ ud
    | uge\ \d{{1,2}}\ ?(?:-|–|til|og|til\ og\ med)\ ?(?:uge\ )?\d{{1,2}}
    | (?:den\ )?første\ (?:uge|måned)\b | (?:de\ )?første\ (?:uger|måneder|dage)\b
    | i\ (?:første\ omgang\ )?{NUMBER}\ {_SPAN}
    | {NUMBER}\ {_SPAN}s?\ varighed
    )""",
    re.VERBOSE,
)
"""How long something holds."""

PAST = re.compile(r"\b(?:har haft|havde|haft|siden|gennem de sidste|de seneste|de sidste|i årevis|tidligere)\b")
"""A sentence about what has been: a span in it says nothing about what comes."""

AGAIN = re.compile(
    r"\b(?:revurder\w*|genvurder\w*|(?:ny|en ny|fornyet) vurdering|vurderes? (?:på ny|igen)|"
    r"følge[rs]? op|fulgt op|følges op|opfølg\w*|op(?:følgende)? samtale|ses? (?:\w+ ){0,2}igen|"
    r"ser (?:\w+ ){0,3}igen|ses|mødes|tale[rs]? (?:\w+ ){0,3}igen|taler sammen|tages? (?:\w+ )?op igen|kontrol\w*|"
    r"justere[rs]?|evaluer\w*|gør(?:es)? status|status|ny tid|ny samtale|ny konsultation|næste (?:samtale|møde|"
    r"konsultation|aftale|kontrol)|kigge[rs]? på det igen|gennemgå[rs]? (?:\w+ ){0,2}igen|ringe[rs]?)\b"
)
"""That somebody looks at it again."""
