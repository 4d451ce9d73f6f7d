"""The closed lists of values: what each field may say, in the field's standard terms."""

from typing import Literal

Basis = Literal["stated", "inferred", "derived", "external"]
How = Literal[
    "printed",
    "completed",
    "carried_over",
    "relative",
    "bound",
    "pronoun",
    "from_name",
    "implied",
    "counted",
    "computed",
    "not_stated",
]

CaveatKind = Literal[
    "inferred", "derived", "external", "conflict", "ambiguous", "not_stated", "translation", "disputed"
]
DecisionValue = Literal["open", "accepted", "left_unknown", "resolved"]

EventKind = Literal[
    "meeting",
    "summit",
    "ministerial",
    "bilateral",
    "multilateral",
    "conference",
    "session",
    "talks",
    "press_conference",
    "visit",
    "ceremony",
    "exercise",
    "operation",
    "other",
]
MEETINGS = ("meeting", "summit", "ministerial", "bilateral", "multilateral", "conference", "session", "talks")
EventStatus = Literal["announced", "scheduled", "under_way", "held", "postponed", "cancelled"]
TopicRole = Literal["agenda", "expected", "mentioned"]

AttendeeKind = Literal["person", "delegation", "group"]
AttendeeStatus = Literal["attended", "attending", "expected", "invited", "declined", "absent"]
Capacity = Literal["chair", "host", "principal", "member", "speaker", "observer", "guest"]

Voice = Literal["speaker", "document"]
Directness = Literal["direct", "mixed", "indirect"]
Extent = Literal["sentence", "phrase", "word"]
MarkUse = Literal["speech", "name", "title", "term", "so_called"]
AttributionForm = Literal["name", "role", "pronoun", "group", "none"]
MentionForm = Literal["name", "role", "pronoun", "demonym", "metonym", "description"]
Act = Literal[
    "says",
    "asserts",
    "announces",
    "clarifies",
    "stresses",
    "highlights",
    "warns",
    "urges",
    "demands",
    "offers",
    "promises",
    "rules_out",
    "denies",
    "rejects",
    "agrees",
    "praises",
    "criticises",
    "projects",
    "asks",
]
Polarity = Literal["affirmed", "negated"]
HedgeKind = Literal["possibility", "probability", "approximation", "expectation", "hearsay"]

ObsStatus = Literal["A", "E", "F", "P", "O"]
PriceBasis = Literal["current", "constant", "chain_linked"]
UnitMult = Literal[0, 3, 6, 9, 12]
Measure = Literal[
    "defence_expenditure",
    "defence_equipment_expenditure",
    "military_aid",
    "economic_aid",
    "humanitarian_aid",
    "reconstruction",
    "other",
]
Approximation = Literal["about", "nearly", "over", "at_least", "at_most"]
Bound = Literal["exact", "about", "above", "at_least", "below", "at_most"]
ComparisonChange = Literal["percent", "absolute", "ratio"]
Direction = Literal["higher", "lower", "unchanged"]

DocumentKind = Literal[
    "news_report",
    "press_release",
    "communique",
    "speech",
    "transcript",
    "interview",
    "statistical_release",
    "social_post",
    "other",
]
OrganisationKind = Literal[
    "alliance",
    "coalition",
    "union",
    "government",
    "ministry",
    "agency",
    "command",
    "party",
    "company",
    "media",
    "other",
]
PlaceKind = Literal["continent", "country", "region", "city", "site", "sea", "other"]
PlaceRole = Literal["venue", "seat", "coverage", "mentioned", "metonym"]

ChangeKind = Literal["created", "corrected", "retracted", "restored", "merged", "split"]
RecordStatus = Literal["current", "retracted", "merged", "split"]

# ISO 3166-1 alpha-2, the officially assigned codes.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
