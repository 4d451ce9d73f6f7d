"""What a careful reader finds in the shipped report, and what only somebody who knows more would put in."""

from typing import Any

MINISTERS, GROUP = "nato-defence-ministers-meeting-2025-02", "contact-group-meeting-2025-02-12"
PARIS, MUNICH = "paris-meeting-2025-02-12", "munich-security-conference-2025-02"
FIRST_DAYS = {"edtf": "2025-02-13", "earliest": "2025-02-13", "latest": "2025-02-13"}
NO_DAY: dict[str, Any] = {
    "edtf": None,
    "earliest": None,
    "latest": None,
    "as_printed": None,
    "how": "not_stated",
    "alternatives": [],
}

COUNTS = {
    "documents": 1,
    "places": 20,
    "topics": 21,
    "organisations": 17,
    "people": 7,
    "events": 7,
    "attendees": 18,
    "statements": 29,
    "spending": 4,
    "mentions": 127,
    "caveats": 141,
}

PEOPLE = {
    "pete-hegseth": ("Pete Hegseth", "newly appointed U.S. Secretary of Defense", ["US"]),
    "marco-rubio": ("Marco Rubio", "U.S. Secretary of State", ["US"]),
    "jd-vance": ("JD Vance", "U.S. Vice President", ["US"]),
    "keith-kellogg": ("Keith Kellogg", "Special Envoy for Ukraine and Russia", ["US"]),
    "mark-rutte": ("Mark Rutte", "NATO Secretary General", []),
    "donald-trump": ("Donald Trump", None, []),
    "iurie-tataru": ("Iurie Tataru", None, []),
}

COUNTERPARTS = {
    "british": ("GB", "united-kingdom"),
    "french": ("FR", "france"),
    "german": ("DE", "germany"),
    "italian": ("IT", "italy"),
    "polish": ("PL", "poland"),
    "spanish": ("ES", "spain"),
    "ukrainian": ("UA", "ukraine"),
}

EVENTS: dict[str, dict[str, Any]] = {
    MINISTERS: {
        "kind": "ministerial",
        "status": "under_way",
        "place": "brussels",
        "organisation": "nato",
        "date": {
            "edtf": "2025-02-12/",
            "earliest": "2025-02-12",
            "latest": "2025-02-13",
            "as_printed": "began on Wednesday, February 12",
            "basis": "inferred",
            "how": "completed",
            "alternatives": [
                {**FIRST_DAYS, "as_printed": "on Thursday, February 13"},
                {"edtf": "2025-02-12/", "latest": "2025-02-13", "as_printed": "began on Wednesday, February 12"},
                {**FIRST_DAYS, "as_printed": "the February 13 meeting"},
            ],
        },
    },
    GROUP: {
        "kind": "meeting",
        "status": "held",
        "place": "nato-headquarters",
        "organisation": "ukraine-defense-contact-group",
        "date": {"edtf": "2025-02-12", "as_printed": "on Wednesday", "basis": "inferred", "how": "relative"},
        "topics": [],
    },
    PARIS: {
        "kind": "meeting",
        "status": "held",
        "place": "paris",
        "organisation": None,
        "date": {
            "edtf": "2025-02-12",
            "as_printed": "on February 12",
            "how": "completed",
            "relative_to": {"event": MUNICH, "relation": "before"},
        },
        "topics": [],
    },
    MUNICH: {
        "kind": "conference",
        "status": "scheduled",
        "place": "munich",
        "named": True,
        "date": {"edtf": "2025-02-14/2025-02-16", "as_printed": "scheduled for February 14–16", "how": "completed"},
        "topics": [],
    },
    "hegseth-visit": {"kind": "visit", "status": "under_way", "place": "europe", "date": NO_DAY},
    "us-delegations-to-europe": {"kind": "visit", "status": None, "organisation": "us-government", "date": NO_DAY},
    "baltic-sentry": {
        "kind": "operation",
        "status": None,
        "place": "baltic-sea",
        "organisation": "nato",
        "named": True,
        "date": NO_DAY,
    },
}

# What the ministers' meeting is about: (topic, role, day, hedges).
TOPICS = [
    ("ukraine-war", "expected", None, []),
    ("defence-spending", "expected", None, []),
    ("us-commitment-to-nato", "expected", None, []),
    ("defence-industry", "agenda", None, []),
    ("military-production", "agenda", None, []),
    ("russian-destabilisation", "agenda", None, ["potential"]),
    ("sabotage", "agenda", None, ["potential"]),
    ("assassination-attempts", "agenda", None, ["potential"]),
    ("attacks-on-infrastructure", "agenda", None, ["potential"]),
    ("support-for-ukraine", "agenda", "2025-02-13", []),
    ("support-for-ukraine", "agenda", "2025-02-12", []),
]

# Attendance: (event, status, kind, person, basis).
ATTENDEES = {
    "marco-rubio-in-paris": (PARIS, "attended", "person", "marco-rubio", "stated"),
    **{f"{one}-counterpart-in-paris": (PARIS, "attended", "person", None, "stated") for one in COUNTERPARTS},
    "pete-hegseth-at-contact-group": (GROUP, "attended", "person", "pete-hegseth", "stated"),
    "pete-hegseth-at-ministerial": (MINISTERS, "attending", "person", "pete-hegseth", "inferred"),
    "pete-hegseth-on-visit": ("hegseth-visit", "attending", "person", "pete-hegseth", "stated"),
    "nato-defence-ministers-at-ministerial": (MINISTERS, "attending", "group", None, "stated"),
    "us-delegations-in-europe": ("us-delegations-to-europe", "attending", "delegation", None, "stated"),
    "jd-vance-at-munich": (MUNICH, "expected", "person", "jd-vance", "stated"),
    "keith-kellogg-at-munich": (MUNICH, "expected", "person", "keith-kellogg", "stated"),
    "world-leaders-at-munich": (MUNICH, "expected", "group", None, "stated"),
    "defence-officials-at-munich": (MUNICH, "expected", "group", None, "stated"),
    "foreign-policy-experts-at-munich": (MUNICH, "expected", "group", None, "stated"),
}

HEGSETH, RUTTE = "pete-hegseth", "mark-rutte"
ON_THE_12TH, BY_THE_13TH = "2025-02-12", "[..2025-02-13]"
# What was said: (speaker, act, directness, day, how the day is known, the words that report it).
SAID = {
    "hegseth-pre-2014-borders": (HEGSETH, "says", "mixed", ON_THE_12TH, "relative", "Hegseth stated"),
    "hegseth-security-guarantees": (HEGSETH, "stresses", "mixed", ON_THE_12TH, "carried_over", "He emphasized"),
    "hegseth-possible-deployments": (HEGSETH, "stresses", "indirect", ON_THE_12TH, "carried_over", "He emphasized"),
    "hegseth-no-us-forces": (HEGSETH, "clarifies", "indirect", ON_THE_12TH, "carried_over", "he clarified"),
    "hegseth-article-5": (HEGSETH, "warns", "indirect", ON_THE_12TH, "carried_over", "He also warned"),
    "rutte-progress-on-spending": (RUTTE, "highlights", "indirect", BY_THE_13TH, "bound", "Mark Rutte highlighted"),
    "rutte-defence-investment-2024": (RUTTE, "announces", "indirect", BY_THE_13TH, "carried_over", "He announced"),
    "rutte-increase-on-2023": (RUTTE, "announces", "indirect", BY_THE_13TH, "carried_over", "He announced"),
    "rutte-projection-2025": (RUTTE, "projects", "indirect", BY_THE_13TH, "carried_over", "He … projected"),
    "rutte-further-and-faster": (RUTTE, "stresses", "direct", None, "not_stated", "Rutte stressed"),
    "rutte-baltic-sentry": (RUTTE, "highlights", "indirect", None, "not_stated", "Rutte highlighted"),
    "rutte-vigilance": (RUTTE, "highlights", "indirect", None, "not_stated", "Rutte highlighted"),
    "rutte-praises-aid": (RUTTE, "praises", "indirect", None, "not_stated", "Rutte also praised"),
    "rutte-wiesbaden-centre": (RUTTE, "stresses", "indirect", None, "not_stated", "Rutte … emphasizing"),
    "trump-criticises-members": (
        "donald-trump",
        "criticises",
        "indirect",
        None,
        "not_stated",
        "Donald Trump’s long standing criticism",
    ),
}
QUOTED = {
    "hegseth-pre-2014-borders": ("unrealistic", "word", 1537, 1548),
    "hegseth-security-guarantees": ("strong security guarantees", "phrase", 1613, 1639),
    "rutte-further-and-faster": ("We need to move further and faster", "sentence", 2552, 2586),
}
HEDGED = {
    "hegseth-possible-deployments": ("potentially", "possibility", "paraphrase", 1642),
    "hegseth-article-5": ("likely", "probability", "polarity", 1810),
    "rutte-increase-on-2023": ("nearly", "approximation", "paraphrase", 2315),
    "rutte-projection-2025": ("projected", "expectation", "paraphrase", 2347),
    "report-agenda-destabilisation": ("potential", "possibility", "paraphrase", 2705),
}
NEGATED = {"hegseth-no-us-forces", "hegseth-article-5", "trump-criticises-members"}
GLOSSES = {
    "report-article-5-meaning": "hegseth-article-5",
    "report-production-urgency": "rutte-further-and-faster",
    "report-contact-group-size": "hegseth-pre-2014-borders",
    "report-contact-group-purpose": "hegseth-pre-2014-borders",
}
HELD_VIEWS = {
    "hegseth-pre-2014-borders": "trump-administration",
    "report-members-eager-to-hear": "nato-members-other-than-the-united-states",
}

EUROPE_AND_CANADA = {"includes": ["european-nato-allies", "canada"], "excludes": ["united-states"]}
SPENDING: dict[str, dict[str, Any]] = {
    "defence-investment-2024": {
        "time_period": "2024",
        "obs_value": "485",
        "unit_mult": 9,
        "unit_measure": "USD",
        "amount": "485000000000",
        "as_printed": "$485 billion",
        "approximation": None,
        "obs_status": "A",
        "derived": None,
        "comparison": {
            "to_period": "2023",
            "change": "percent",
            "value": "20",
            "direction": "higher",
            "approximation": "nearly",
        },
        "ref_area": EUROPE_AND_CANADA,
        "asserted_by": RUTTE,
        "statement": "rutte-defence-investment-2024",
    },
    "defence-investment-2023": {
        "time_period": "2023",
        "obs_value": None,
        "amount": None,
        "as_printed": None,
        "obs_status": "O",
        "basis": "derived",
        "derived": {"value": "404", "bound": "above"},
        "comparison": {"to_period": "2024", "direction": "lower", "value": None},
        "ref_area": EUROPE_AND_CANADA,
    },
    "defence-spending-2025": {
        "time_period": "2025",
        "obs_value": None,
        "amount": None,
        "unit_measure": None,
        "as_printed": "even higher spending",
        "obs_status": "F",
        "derived": None,
        "comparison": {"to_period": "2024", "change": None, "value": None, "direction": "higher"},
        "ref_area": EUROPE_AND_CANADA,
    },
    "military-aid-sweden-finland-canada": {
        "time_period": None,
        "obs_value": None,
        "amount": None,
        "obs_status": "O",
        "as_printed": "recent substantial military aid",
        "comparison": None,
        "ref_area": {"includes": ["sweden", "finland", "canada"], "excludes": []},
        "asserted_by": RUTTE,
    },
}

ORGANISATIONS: dict[str, dict[str, Any]] = {
    "nato": {
        "place": "nato-headquarters",
        "counts": [
            {"value": 31, "as_printed": "31 NATO member states", "excludes": ["united-states"], "basis": "stated"},
            {"value": 32, "as_printed": None, "includes": ["united-states"], "basis": "derived", "formula": "31 + 1"},
        ],
    },
    "ukraine-defense-contact-group": {
        "kind": "coalition",
        "place": None,
        "meeting_frequency": {"freq": "monthly", "as_printed": "meets monthly"},
        "counts": [{"value": 50, "as_printed": "coalition of 50 nations", "basis": "stated"}],
    },
    "nato-command-centre-wiesbaden": {"kind": "command", "named": False, "parent": "nato", "place": "wiesbaden"},
    "trump-administration": {"kind": "government", "country": "US", "parent": None},
}
NAMED = {"nato", "ukraine-defense-contact-group", "us-government", "trump-administration"}
ROLES = {
    "brussels": ["venue"],
    "nato-headquarters": ["venue", "seat"],
    "paris": ["venue"],
    "munich": ["venue"],
    "baltic-sea": ["venue"],
    "europe": ["venue", "coverage"],
    "wiesbaden": ["seat"],
    "washington": ["metonym"],
    "canada": ["coverage", "mentioned"],
    "sweden": ["coverage", "mentioned"],
    "finland": ["coverage", "mentioned"],
}
BY_ADJECTIVE = {"united-kingdom", "france", "italy", "poland", "spain"}
PRONOUNS = [
    ("2.1", "their", "nato-defence-ministers"),
    ("2.2", "which", MINISTERS),
    ("3.1", "his", HEGSETH),
    ("4.1", "their", "us-government-delegations"),
    ("4.2", "his", "marco-rubio"),
    ("6.1", "that", "ukraine-defense-contact-group"),
    ("6.1", "its", "ukraine"),
    ("7.1", "He", HEGSETH),
    ("7.2", "he", HEGSETH),
    ("7.3", "He", HEGSETH),
    ("8.3", "He", RUTTE),
]
CONFLICTS = {
    "ministers-days": ["13 February", "from 12 February", "13 February"],
    "summit-or-ministers": ["a summit", "a meeting of defence ministers", "a ministerial setting"],
    "only-formal-setting": ["Hegseth alone", "Rubio with his counterparts"],
}
UNKNOWN = {
    **dict.fromkeys(("author", "publisher", "original_language", "url", "licence")),
    "date_published": None,
}
LEFT_OPEN = {
    "documents": {"author", "publisher", "date_published", "original_language", "url", "licence"},
    "events": {"outcomes", "attendance", "date", "date.end", "status", "topics"},
    "statements": {"date", "event", "place"},
    "spending": {"amount", "price_basis", "data_source", "time_period"},
    "people": {"offices", "offices.start"},
    "attendees": {"person"},
    "organisations": {"members", "name", "place"},
}

# What a reader who knows more than the report would put in.
KNOWN_ELSEWHERE = [
    *("The Hague", "Pentagon", "North Atlantic", "Ramstein", "NSATU", "Crimea", "Donbas", "European Union", "GDP"),
    *("President Trump", "General Kellogg", "James", "David", "Dutch", "Netherlands", "Belgium", "Moldova"),
    *("Foreign Minister", "Foreign Secretary", "Lammy", "Barrot", "Baerbock", "Tajani", "Sikorski", "Albares"),
    *("Sybiha", "Umerov", "Zelensk", "Putin", "Healey", "Bayerischer Hof", "Washington Treaty"),
]
