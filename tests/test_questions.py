"""Thirty questions about the shipped report, each answered by one or two requests."""

from typing import Any, NamedTuple

import pytest

from tests.conftest import Client
from tests.inventory import GROUP, MINISTERS, MUNICH, PARIS
from tests.shipped import ID, excerpt


class Request(NamedTuple):
    """What is asked, the ids that come back in their order, parts of their bodies, and why there is nothing."""

    target: str
    ids: list[str]
    says: dict[str, dict[str, Any]] = {}
    empty: tuple[str, str] | None = None  # the reason, and a caveat among the closest


def silent(target: str, caveat: str) -> Request:
    return Request(target, [], empty=("not_stated", caveat))


COUNTERPARTS = [
    f"{one}-counterpart-in-paris"
    for one in ("british", "french", "german", "italian", "polish", "spanish", "ukrainian")
]
HEGSETH_IN_BRUSSELS = [
    "hegseth-pre-2014-borders",
    "hegseth-security-guarantees",
    "hegseth-possible-deployments",
    "hegseth-no-us-forces",
    "hegseth-article-5",
]

QUESTIONS: dict[str, tuple[Request, ...]] = {
    "Whom did Rubio meet in Paris, on which day, and are they named?": (
        Request(
            f"/attendees?event={PARIS}&status=attended",
            ["marco-rubio-in-paris", *COUNTERPARTS],
            {
                "marco-rubio-in-paris": {"named": True, "date": {"edtf": "2025-02-12"}},
                "polish-counterpart-in-paris": {"person": None, "named": False, "country": "PL"},
                "ukrainian-counterpart-in-paris": {"person": None, "named": False, "country": "UA"},
            },
        ),
    ),
    "Where, when and at which gathering did Hegseth speak about Ukraine's borders?": (
        Request(
            "/statements?speaker=pete-hegseth&topic=ukraine-borders",
            ["hegseth-pre-2014-borders"],
            {
                "hegseth-pre-2014-borders": {
                    "event": GROUP,
                    "place": "nato-headquarters",
                    "date": {"edtf": "2025-02-12", "as_printed": "on Wednesday", "how": "relative"},
                }
            },
        ),
        Request(
            f"/events/{GROUP}",
            [GROUP],
            {GROUP: {"organisation": "ukraine-defense-contact-group", "place": "nato-headquarters", "status": "held"}},
        ),
    ),
    "Which of Hegseth's words may be put in quotation marks, and whose view is each?": (
        Request(
            "/statements?speaker=pete-hegseth&may_quote=true",
            ["hegseth-pre-2014-borders", "hegseth-security-guarantees"],
            {
                "hegseth-pre-2014-borders": {
                    "quotations": [{"text": "unrealistic", "extent": "word"}],
                    "position_of": "trump-administration",
                },
                "hegseth-security-guarantees": {
                    "quotations": [{"text": "strong security guarantees", "extent": "phrase"}],
                    "position_of": None,
                },
            },
        ),
    ),
    "Which of Rutte's words are quoted, and are they the words that he spoke?": (
        Request(
            "/statements?speaker=mark-rutte&may_quote=true",
            ["rutte-further-and-faster"],
            {
                "rutte-further-and-faster": {
                    "directness": "direct",
                    "quotations": [{"text": "We need to move further and faster", "extent": "sentence"}],
                }
            },
        ),
        Request("/caveats?kind=translation&fact=statements/rutte-further-and-faster", ["translation"]),
    ),
    "Did anybody say the words “Baltic Sentry”?": (
        Request(
            "/statements?mentions=baltic-sentry",
            ["rutte-baltic-sentry"],
            {"rutte-baltic-sentry": {"may_quote": False, "quotations": [], "directness": "indirect"}},
        ),
        Request(
            f"/documents/{ID}",
            [ID],
            {ID: {"quotation_marks": [*[{"use": "speech"}] * 3, {"use": "name", "fact": "baltic-sentry"}]}},
        ),
    ),
    "What did Rutte say of which the report gives no words of his?": (
        Request(
            "/statements?speaker=mark-rutte&directness=indirect&sort=id",
            [
                "rutte-baltic-sentry",
                "rutte-defence-investment-2024",
                "rutte-increase-on-2023",
                "rutte-praises-aid",
                "rutte-progress-on-spending",
                "rutte-projection-2025",
                "rutte-vigilance",
                "rutte-wiesbaden-centre",
            ],
        ),
    ),
    "How sure was Hegseth that Article 5 would not protect forces in Ukraine?": (
        Request(
            "/statements?topic=collective-defence&voice=speaker",
            ["hegseth-article-5"],
            {
                "hegseth-article-5": {
                    "act": "warns",
                    "polarity": "negated",
                    "hedges": [{"as_printed": "likely", "kind": "probability", "on": "polarity"}],
                    "may_quote": False,
                }
            },
        ),
    ),
    "Will troops go to Ukraine, and how firmly is each thing said?": (
        Request(
            "/statements?topic=troop-deployments",
            ["hegseth-possible-deployments", "hegseth-no-us-forces", "hegseth-article-5"],
            {
                "hegseth-possible-deployments": {"polarity": "affirmed", "hedges": [{"kind": "possibility"}]},
                "hegseth-no-us-forces": {"polarity": "negated", "act": "clarifies", "hedges": []},
                "hegseth-article-5": {"polarity": "negated", "hedges": [{"kind": "probability"}]},
            },
        ),
        Request(
            "/caveats?fact=statements/hegseth-possible-deployments&field=speaker&kind=ambiguous",
            ["potentially-whose"],
        ),
    ),
    "Who is only expected somewhere, and in which words is that announced?": (
        Request(
            "/attendees?status=expected",
            [
                "world-leaders-at-munich",
                "defence-officials-at-munich",
                "foreign-policy-experts-at-munich",
                "jd-vance-at-munich",
                "keith-kellogg-at-munich",
            ],
            {
                "world-leaders-at-munich": {"kind": "group", "named": False, "event": MUNICH, "count": None},
                "jd-vance-at-munich": {
                    "event": MUNICH,
                    "attribution": {"as_printed": "JD Vance … are set to attend the Munich conference"},
                },
            },
        ),
    ),
    "Does Rubio attend the Munich Security Conference?": (
        silent(f"/attendees?person=marco-rubio&event={MUNICH}", "rubio-or-hegseth-in-munich"),
    ),
    "What does the figure of 485 billion cover, in which money, and who gives it?": (
        Request(
            "/spending?time_period=2024",
            ["defence-investment-2024"],
            {
                "defence-investment-2024": {
                    "as_printed": "$485 billion",
                    "amount": "485000000000",
                    "unit_measure": "USD",
                    "ref_area": {"includes": ["european-nato-allies", "canada"], "excludes": ["united-states"]},
                    "asserted_by": "mark-rutte",
                    "price_basis": None,
                }
            },
        ),
        Request("/caveats?fact=spending/defence-investment-2024&field=unit_measure", ["dollars-are-american"]),
    ),
    "How much more is that than the year before, and is it Rutte who says so?": (
        Request(
            "/spending?obs_status=A",
            ["defence-investment-2024"],
            {
                "defence-investment-2024": {
                    "comparison": {"to_period": "2023", "value": "20", "approximation": "nearly", "direction": "higher"}
                }
            },
        ),
        Request("/caveats?fact=statements/rutte-increase-on-2023&kind=ambiguous", ["increase-whose-words"]),
    ),
    "What was spent in 2023?": (
        Request(
            "/spending?time_period=2023",
            ["defence-investment-2023"],
            {
                "defence-investment-2023": {
                    "obs_value": None,
                    "basis": "derived",
                    "derived": {"value": "404", "bound": "above"},
                }
            },
        ),
        Request("/caveats?kind=derived&fact=spending/defence-investment-2023", ["spending-2023-bound"]),
    ),
    "What will be spent in 2025, and who foresees it?": (
        Request(
            "/spending?obs_status=F",
            ["defence-spending-2025"],
            {"defence-spending-2025": {"amount": None, "derived": None, "comparison": {"direction": "higher"}}},
        ),
        Request(
            "/statements?act=projects",
            ["rutte-projection-2025"],
            {"rutte-projection-2025": {"speaker": "mark-rutte", "hedges": [{"kind": "expectation"}]}},
        ),
    ),
    "What does the United States spend on defence?": (
        silent("/spending?ref_area=united-states&measure=defence_expenditure", "american-spending"),
    ),
    "How many nations are in the Contact Group, how often does it meet, and how many came?": (
        Request(
            "/organisations/ukraine-defense-contact-group",
            ["ukraine-defense-contact-group"],
            {
                "ukraine-defense-contact-group": {
                    "counts": [{"value": 50, "as_printed": "coalition of 50 nations"}],
                    "meeting_frequency": {"freq": "monthly"},
                    "members": None,
                }
            },
        ),
        Request(
            f"/attendees?event={GROUP}",
            ["pete-hegseth-at-contact-group"],
            {"pete-hegseth-at-contact-group": {"count": None, "capacity": "speaker"}},
        ),
    ),
    "How many members has NATO, and is that number printed?": (
        Request(
            "/organisations?kind=alliance",
            ["nato"],
            {
                "nato": {
                    "counts": [
                        {"value": 31, "basis": "stated", "excludes": ["united-states"]},
                        {"value": 32, "basis": "derived", "formula": "31 + 1", "as_printed": None},
                    ]
                }
            },
        ),
        Request("/caveats?about=nato&field=members", ["member-lists"]),
    ),
    "On which days do the defence ministers meet, and do the sentences agree?": (
        Request(
            "/events?kind=ministerial",
            [MINISTERS],
            {
                MINISTERS: {
                    "date": {
                        "edtf": "2025-02-12/",
                        "latest": "2025-02-13",
                        "alternatives": [{"edtf": "2025-02-13"}, {"edtf": "2025-02-12/"}, {"edtf": "2025-02-13"}],
                    }
                }
            },
        ),
        Request(f"/caveats?kind=conflict&field=date&fact=events/{MINISTERS}", ["ministers-days"]),
    ),
    "Which meetings are still to come after the 13th?": (
        Request("/events?kind=meeting&from=2025-02-14", [MUNICH], {MUNICH: {"status": "scheduled"}}),
    ),
    "What did American officials say in Brussels?": (
        Request(
            "/statements?speaker_country=US&place=brussels",
            HEGSETH_IN_BRUSSELS,
            {id: {"speaker": "pete-hegseth", "event": GROUP} for id in HEGSETH_IN_BRUSSELS},
        ),
    ),
    "What did Rubio say?": (silent("/statements?speaker=Marco%20Rubio", "words-of-rubio-vance-kellogg"),),
    "What was discussed in Paris, and with which result?": (
        Request(f"/events/{PARIS}", [PARIS], {PARIS: {"topics": [], "outcomes": []}}),
        Request(
            f"/caveats?fact=events/{PARIS}&kind=not_stated",
            ["outcomes-of-meetings", "attendance-in-paris", "who-chaired", "paris-subject"],
        ),
    ),
    "Who is “he” where no name stands?": (
        Request(
            "/mentions?form=pronoun&sentence=7.1,7.2,7.3,8.3",
            [
                "pete-hegseth-in-7-1-1551",
                "pete-hegseth-in-7-2-1692",
                "pete-hegseth-in-7-3-1751",
                "mark-rutte-in-8-3-2204",
            ],
            {
                "pete-hegseth-in-7-1-1551": {"entity": "pete-hegseth", "antecedent": f"{ID}#6.1:1441-1448"},
                "mark-rutte-in-8-3-2204": {"entity": "mark-rutte", "antecedent": f"{ID}#8.2:2124-2157"},
            },
        ),
    ),
    "Which offices do the American officials hold, and since when?": (
        Request(
            "/people?country=US",
            ["jd-vance", "keith-kellogg", "marco-rubio", "pete-hegseth"],
            {
                "jd-vance": {"offices": [{"role": "Vice President"}]},
                "keith-kellogg": {"offices": [{"role": "Special Envoy for Ukraine and Russia"}]},
                "pete-hegseth": {
                    "offices": [{"as_printed": "newly appointed U.S. Secretary of Defense", "start": None}]
                },
            },
        ),
        Request("/caveats?fact=people/pete-hegseth&field=offices.start", ["hegseth-appointed-when"]),
    ),
    "What does the report say of Trump, and is he at any meeting?": (
        Request(
            "/statements?mentions=donald-trump",
            ["hegseth-pre-2014-borders", "report-impact-anticipated", "trump-criticises-members"],
            {"trump-criticises-members": {"act": "criticises", "event": None, "date": {"how": "not_stated"}}},
        ),
        silent("/attendees?person=donald-trump", "trump-at-the-meetings"),
    ),
    "Which Russian acts do the ministers talk about, and did they take place?": (
        Request(
            "/statements?topic=russian-destabilisation&voice=document",
            ["report-agenda-destabilisation"],
            {
                "report-agenda-destabilisation": {
                    "topics": [
                        "russian-destabilisation",
                        "sabotage",
                        "assassination-attempts",
                        "attacks-on-infrastructure",
                    ],
                    "hedges": [{"as_printed": "potential", "kind": "possibility"}],
                }
            },
        ),
        Request(
            "/caveats?about=russia&kind=ambiguous",
            ["potential-scope"],
            {"potential-scope": {"decision": {"value": "left_unknown"}}},
        ),
    ),
    "What does NATO do in the Baltic Sea, and who says so?": (
        Request(
            "/events?place=baltic-sea",
            ["baltic-sentry"],
            {"baltic-sentry": {"kind": "operation", "organisation": "nato", "status": None}},
        ),
        Request(
            "/statements?mentions=baltic-sea",
            ["rutte-baltic-sentry"],
            {"rutte-baltic-sentry": {"speaker": "mark-rutte", "act": "highlights", "event": None}},
        ),
    ),
    "Whose military aid did Rutte praise, and how much was it?": (
        Request(
            "/spending?measure=military_aid&asserted_by=mark-rutte",
            ["military-aid-sweden-finland-canada"],
            {
                "military-aid-sweden-finland-canada": {
                    "ref_area": {"includes": ["sweden", "finland", "canada"]},
                    "as_printed": "recent substantial military aid",
                    "amount": None,
                }
            },
        ),
        Request(
            "/caveats?fact=spending/military-aid-sweden-finland-canada&field=amount,time_period",
            ["aid-amount", "aid-period"],
        ),
    ),
    "What is in Wiesbaden, and did anybody meet there?": (
        Request(
            "/organisations?mentions=wiesbaden",
            ["nato-command-centre-wiesbaden"],
            {"nato-command-centre-wiesbaden": {"kind": "command", "parent": "nato", "named": False}},
        ),
        Request("/places/wiesbaden", ["wiesbaden"], {"wiesbaden": {"roles": ["seat"], "within": "germany"}}),
    ),
    "Who wrote the report, who published it, when, and in which language?": (
        Request(
            f"/caveats?fact=documents/{ID}&kind=not_stated",
            [
                "document-author",
                "document-publisher",
                "document-day",
                "document-original-language",
                "document-address",
                "document-licence",
            ],
        ),
        Request(f"/documents/{ID}", [ID], {ID: {"author": None, "translator": "iurie-tataru", "language": "en"}}),
    ),
}
# Those that the API does not answer yet, and what it lacks.


@pytest.mark.parametrize("requests", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_question(requests: tuple[Request, ...], seeded: Client) -> None:
    assert len(requests) <= 2
    for one in requests:
        answer = seeded.json(f"{one.target}{'&' if '?' in one.target else '?'}fields=compact")
        found = {body["id"]: body for body in answer.get("items", [answer])}
        assert list(found) == one.ids, one.target
        assert {id: excerpt(found[id], like) for id, like in one.says.items()} == one.says, one.target
        if one.empty:
            reason, caveat = one.empty
            assert answer["empty"]["reason"] == reason
            assert caveat in [near["id"] for near in answer["empty"]["closest"]]


def test_there_are_thirty() -> None:
    assert len(QUESTIONS) == 30
