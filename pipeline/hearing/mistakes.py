"""Sayings that call one of two mistakes the worse, and how the mistakes are called."""

import re
from typing import Literal

Care = Literal["misses", "false_alarms"]

_FLAG = (
    r"(?:flag|alarm|alert|warn|accus|block|reject|stop|bother|annoy|disturb|suspect|mark|report"
    r"|refus|deny|denied|declin|turn|bann?|punish|call|send|lock|cancel)\w*"
)
_GOOD = (
    r"(?:innocent|honest|good|healthy|legit(?:imate)?|genuine|real|loyal|normal|sound|harmless"
    r"|proper|ordinary|valid|trustworthy|solvent|intact|decent)"
)
_FALSE = (
    r"(?:false(?:ly)?|wrong(?:ly)?|incorrect|mistaken|spurious|unjustified|unfounded|undeserved)"
)
_PEOPLE = (
    r"(?:customers?|clients?|people|persons?|users?|anyone|anybody|someone|patients?|buyers?"
    r"|members?|shoppers?|guests?|subscribers?|applicants?|passengers?|citizens?|staff)"
)
_BAD = (
    r"(?:bad|sick|ill|fraud\w*|defect\w*|broken|faulty|fail\w*|tumou?rs?|cancers?|leaks?|spam|fake"
    r"|dangerous|risky|thie\w+|diseased?|threats?|attacks?|weak)"
)
_CATCH = r"(?:catch|find|detect|spot|identify|get|recogni[sz]e|notice|flag)"
_ALL = (
    r"(?:100\s*%\s+of|every(?:\s+(?:single|last|one))?|each(?:\s+and\s+every)?"
    r"|(?:(?:virtually|practically|nearly"
    r"|almost|them)\s+)?all)"
)
_MANY = (
    r"as\s+many\s+(?!right|correct)(?:\w+\s+){1,5}?as\s+(?:possible|you\s+can|we\s+can|it\s+can)"
)
_SURE = (
    r"(?:(?:really|very|absolutely|quite|surely|completely|pretty)\s+)?(?:sure|certain"
    r"|confident|clear|beyond\s+doubt)"
)
_LEAVE = (
    r"(?:let\s+(?:it|them|him|her)\s+(?:pass|go|through)|pass|ignore\s+it|leave"
    r"|do\s+nothing|don'?t|do\s+not|say\s+no)"
)


# Said outright. The first that is found counts.
SAYINGS: tuple[tuple[Care, str], ...] = (
    ("false_alarms", rf"\b(?:in|if\s+in|when\s+in)\s+doubt,?\s+(?:\w+\s+)?{_LEAVE}"),
    (
        "misses",
        (
            r"\b(?:in|if\s+in|when\s+in)\s+doubt,?\s+(?:\w+\s+)?(?:flag|warn|alarm"
            r"|check|report|say\s+yes|raise|alert|stop)"
        ),
    ),
    (
        "misses",
        (
            r"\bbetter\s+(?:be\s+)?safe\s+than\b|\berr\w*\s+on\s+the\s+(?:safe\s+side"
            r"|side\s+of\s+caution)"
        ),
    ),
    (
        "misses",
        r"\b(?:rather|better|sooner|prefer)\b[^.;]*\btoo\s+(?:many|much|often)\b[^.;]*\bthan\b",
    ),
    (
        "misses",
        (
            r"\b(?:over-?|too\s+|very\s+)(?:sensitive|cautious|careful)\b|\b(?:flag"
            r"|report|check)\s+(?:anything|everything)\b"
        ),
    ),
    ("false_alarms", r"\bonly\b[\w\s']{0,30}\b(?:really|surely|actually|definitely)\b"),
    (
        "misses",
        (
            r"\bas\s+sensitive\s+as\b|\b(?:generous|liberal|lavish)\s+with\b"
            r"|\banything\s+(?:\w+\s+)?suspicious\b"
        ),
    ),
    (
        "misses",
        (
            r"\b(?:even\s+if|even\s+when|even\s+at)\b[\w\s']{0,20}\b(?:suspicion"
            r"|unsure|uncertain|not\s+(?:sure|certain))\b"
        ),
    ),
    (
        "false_alarms",
        (
            r"\btrigger[\s-]happy\b|\b(?:not|n't|never)\b[\w\s]{0,20}\b(?:alarms?"
            r"|alerts?|flag\w*|warn\w*)\b[\w\s]{0,12}\btoo\s+(?:easily|quickly|fast"
            r"|soon)\b"
        ),
    ),
    (
        "false_alarms",
        r"\bonly\s+(?:\w+\s+)?(?:when|if|where)\s+(?:\w+\s+)?(?:needed|necessary|required)\b",
    ),
    (
        "false_alarms",
        (
            r"\b(?:hits?|alarms?|alerts?|flags?|warnings?)\s+(?:must|should|have\s+to"
            r"|has\s+to|need\s+to|had\s+better)\s+be\s+(?:right|correct|genuine|real"
            r"|true|justified)"
        ),
    ),
    ("misses", r"\bno\s+stone\s+unturned\b|\bon\s+the\s+safe\s+side\b"),
    (
        "misses",
        (
            r"\b(?:alarms?|warn\w*|flag\w*|check\w*"
            r"|report\w*)\s+(?:one\s+)?too\s+(?:many|much|often)\s+than\b"
        ),
    ),
    (
        "misses",
        (
            r"\bone\s+(?:\w+\s+)?too\s+many\s+than\b|\bover-?(?:warn|flag"
            r"|report)\w*\s+(?:rather\s+)?than\b"
        ),
    ),
    (
        "false_alarms",
        r"\b(?:alarms?|warn\w*|flag\w*|report\w*)\s+(?:one\s+)?too\s+(?:few|little)\s+than\b",
    ),
    (
        "false_alarms",
        (
            r"\bcry(?:ing)?\s+wolf\b|\bwhen\s+it\s+(?:says|flags)\b.*\b(?:had\s+better"
            r"|must|better|has\s+to|should)\b"
        ),
    ),
    (
        "false_alarms",
        r"\bwhat(?:ever)?\s+it\s+(?:flags|finds|reports)\s+(?:must|should|has\s+to|had\s+better)",
    ),
    ("false_alarms", rf"\b(?:only|just)\b[\w\s']{{0,40}}\b{_SURE}\b"),
    (
        "false_alarms",
        (
            rf"\bunless\b[\w\s']{{0,20}}\b{_SURE}\b|\bonly\s+(?:the\s+)?(?:clear"
            r"|certain|sure|obvious)\b"
        ),
    ),
    (
        "false_alarms",
        r"\bsurely\b[\w\s',]{0,40}\bcostly\b|\b(?:be\s+)?conservative\s+(?:with|about|in)\b",
    ),
    ("misses", r"\b(?:should|must|has\s+to|make\s+it|be)\s+(?:very\s+)?sensitive\b"),
    (
        "misses",
        (
            rf"\b{_CATCH}\w*\s+(?:\w+\s+)?(?:{_ALL}|{_MANY})\b(?!\s+(?:right|correct))"
            rf"|(?<!\w){_ALL}\b[\w\s']{{0,20}}\b(?:caught|found|detected|spotted)\b"
        ),
    ),
    (
        "misses",
        r"\b(?:want|need)\s+(?:\w+\s+){0,3}?all\s+the\b[\w\s']{0,20}\b(?:gone|out|found|caught)\b",
    ),
)
MISS = re.compile(
    r"\bmiss(?:es|ed|ing)?\b|\boverlook\w*|\bun(?:detected|noticed|seen|spotted"
    r"|diagnosed|treated|recogni[sz]ed)\b|\b(?:stay|remain|go)\w*\s+hidden\b"
    r"|\bescap\w+|\bleave\w*\s+(?:\w+\s+){0,2}?(?:behind|out\s+any)\b"
    r"|\bsent\s+home\b|\bsend\w*\s+(?:\w+\s+){1,3}home\b"
    r"|\b(?:false|wrong)\s+negatives?\b|\b(?:surprise|unexpected|unannounced)\s+\w+"
    r"|\b(?:slip|gets?|go(?:es)?|let\w*|pass\w*|fall)\b[\w\s']{0,30}\b(?:through"
    r"|past|by|go|home|untreated)\b"
    rf"|\b(?:say|call|declar|clear)\w*\b[\w\s']{{0,20}}\b{_GOOD}\b[\w\s']{{0,12}}\bwhen\b"
    r"|\bwrongly\s+(?:clear|pass|releas|trust|approv|accept)\w*|\bunder-?(?:warn|flag|detect)\w*"
    r"|\b(?:not|n't|fail\w*\s+to)\s+(?:find|see|catch|detect|spot|notice|recogni[sz]e)\w*"
    rf"|\b(?:approv|accept|pass|releas|trust)ing\s+(?:an?\s+)?{_BAD}\b",
    re.IGNORECASE,
)
ALARM = re.compile(
    rf"\b{_FALSE}\s+(?:alarm|positive|accus|lead|warning|alert|flag|hit|arrest"
    r"|suspicion|block|reject|refus)\w*"
    r"|\b(?:for\s+nothing|in\s+vain|(?:without\s+(?:any\s+|a\s+)?"
    r"|for\s+no\s+)(?:good\s+)?(?:reason|cause|need)|needlessly|unnecessarily)\b"
    r"|\b(?:bother|annoy|disturb|pester|harass|nag|upset|insult|offend|scare"
    r"|frighten|inconvenience)\w*\s+"
    rf"(?:\w+\s+){{0,2}}?{_PEOPLE}\b|\b(?:losing|lose|lost)\s+(?:\w+\s+)?{_GOOD}\b"
    rf"|\b{_GOOD}\s+(?:\w+\s+){{1,4}}?(?:flagged|blocked|rejected|stopped|accused"
    r"|turned\s+away|refused|suspected|declined)\b"
    r"|\b(?:needless|unnecessar|unneed|superfluous|pointless|extra|redundant)\w*\s+"
    r"(?:\w+\s+)?(?:alarm|check|inspection|call|surger|warning|alert|visit|test|treatment|work|mail"
    r"|review|control|repair|stop|biops)\w*"
    rf"|\b{_FLAG}\b[\w\s']{{0,30}}\b(?:needlessly|unnecessarily|for\s+nothing"
    r"|without\s+(?:reason|cause)|wrongly)\b"
    rf"|\bwrongly\s+{_FLAG}|\b{_FLAG}\s+(?:\w+\s+){{0,4}}?(?:as\s+)?{_GOOD}\b"
    rf"|\b{_GOOD}\b\s+(?:\w+\s+){{1,5}}?(?:in|into|to|as)\s+(?:the\s+)?(?:spam|junk"
    r"|surgery|fraud|suspicious)\b"
    rf"|\b(?:check|inspect|look\s+at|examin|test|treat)\w*\s+(?:\w+\s+){{0,3}}?{_GOOD}\b"
    rf"|\b(?:even\s+if)\s+(?:\w+\s+){{0,2}}?{_GOOD}\b",
    re.IGNORECASE,
)
