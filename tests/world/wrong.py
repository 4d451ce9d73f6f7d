"""Wrong bundles: edits that make the first report's bundle false, where the fault stands, and what it says."""

from typing import Any

from app.store.citing import digest
from tests.world.editing import RAW, TEXTS, Edit

WRONG = "0" * 64
FIRST = RAW[0]


def said(ref: str, words: str, *supports: str) -> dict[str, Any]:
    """A true citation of the first report's words, for edits that must be wrong in one way only."""
    text, sentences = TEXTS[FIRST["id"]], FIRST["document"]["sentences"]
    sentence = next(one for one in sentences if one["ref"] == ref)
    start = text.index(words, sentence["start"], sentence["end"])
    span = {"sentence": ref, "start": start, "end": start + len(words)}
    return {**span, "sha256": digest(words), "supports": list(supports)}


MARROW = said("9.1", "Marrow")
LONG_WORDS = "Veld had spent 7.5 billion euros on defence in"
LONG = said("4.4", LONG_WORDS, "attribution.as_printed")

# fmt: off
IN_PLACE: list[tuple[str, Any, str]] = [  # the pointer of the edit and of the fault, the value, what the fault says
    ("/statements/oster-crews/draft", True, "is a draft"),
    ("/events/night-ferry/place", "places/gulf-of-orin", "there is no places/gulf-of-orin"),
    ("/organisations/lantern-pact/members/1", "places/marow", "there is no"),
    ("/caveats/atlas/facts/0", "places/x", "there is no places/x"),
    ("/document/translator", "people/jon", "there is no people/jon"),
    ("/places/orrin/within", "places/lantern-house",
     "leads back to itself: places/orrin → places/lantern-house → places/port-calder"),
    ("/topics/security/broader", "topics/security", "leads back to itself"),
    ("/organisations/lantern-pact/parent", "organisations/charter-council", "leads back"),
    ("/events/lantern-talks-may-2031/part_of", "events/brisa-press-conference", "leads back"),
    ("/id", "schema", "/bundles/schema is another address"),
    # how it is known
    ("/attendees/farrow-at-talks/citations", [], "cites nothing"),
    ("/document/citations", [], "cites nothing"),
    ("/caveats/year-from-title/citations", [], "cites nothing"),
    ("/places/north-atlantic/source", ..., "is for basis external"),
    ("/places/norway/source", "A gazetteer.", "is for basis external, and only there"),
    ("/places/veld/external/capital", "An atlas.", "place has no capital"),
    # citations
    ("/events/night-ferry/citations/0/sentence", "7.3", "has no sentence 7.3"),
    ("/events/night-ferry/citations/0/end", 10**6, "is not inside: sentence 7.1 is"),
    ("/events/night-ferry/citations/0/start", 0, "is not inside"),
    ("/events/night-ferry/citations/0/end", 1, "is no span"),
    ("/statements/oster-crews/citations/2/sha256", WRONG, "is not the sentence's digest"),
    ("/people/ada-quill/citations/0/exact", "Ada  Quill", "has 10 code points, its span 9"),
    ("/people/ada-quill/citations/0/sha256", WRONG, "is not the digest of `exact`"),
    # names, figures and days that the printed words do not say
    ("/spending/veld-2030/obs_value", "7.6", "printed is"),
    ("/spending/veld-2030/comparison/value", "9", "printed is"),
    ("/organisations/lantern-pact/counts/0/value", 18, "printed is"),
    ("/spending/veld-2030/unit_mult", 6, "printed is"),
    ("/spending/veld-2030/comparison/approximation", "over", "is not what is printed"),
    ("/events/ministers-march-2031/date/alternatives/0/edtf", "2031-05-29", "printed is"),
    ("/mentions/she-3-2/antecedent/sha256", WRONG, "is not the digest"),
    # printed words
    ("/spending/veld-2030/as_printed", "7.5 billion Euros", "is not what citations show"),
    ("/statements/quill-charter/attribution/as_printed", "warned … Quill", "is not what citations show"),
    ("/statements/quill-charter/attribution/as_printed", "Quill warned", "is not what citations show"),
    ("/spending/veld-2030/as_printed", "he said that Veld spent 7.5 billion euros", "each run is of 1 to 7 words"),
    ("/organisations/lantern-pact/other_names/0/name", "the union", "is not what citations show"),
    ("/events/night-ferry/topics/0/hedges/0", "pilots call", "is not what citations show"),
    ("/events/ministers-march-2031/date/alternatives/0/as_printed", "5 March", "is not what"),
    ("/mentions/quill-3-1/as_printed", "Ada Quill", "has 9 code points, its span 5"),
    ("/mentions/she-3-2/antecedent", ..., "is missing"),
    # the document
    ("/document/title", "Lantern Pact talks", "is not the first sentence"),
    ("/document/sentences/0/ref", "2.1", "2.1 does not follow"),
    ("/document/sentences/7.2/reason", ..., "7.2 is cited by no fact, and has no reason"),
    ("/document/sentences/7.1/reason", "Colour.", "7.1 is cited, and has a reason"),
    ("/document/quotation_marks/0/sentence", "2.1", "is not in 2.1"),
    ("/document/quotation_marks/3/end", 1231, "holds no words"),
    ("/document/quotation_marks/0/end", 530, "crosses another pair"),
    ("/document/quotation_marks/0/fact", "events/night-ferry", "speech is of a statement"),
    ("/document/quotation_marks/0/fact", ..., "speech is of a statement"),
    ("/document/quotation_marks/0/fact", "statements/quill-lights", "has no quotation of what is between"),
    # statements
    ("/statements/quill-lights/quotations/0/text", "We can keep the lights on", "is not its citation's `exact`"),
    ("/statements/quill-lights/quotations/0/citation", said("3.2", "keep the lights on"), "is not just inside a pair"),
    ("/statements/oster-crews/directness", "direct", "is direct, without a quotation"),
    ("/statements/quill-border/directness", "indirect", "is indirect, with a quotation"),
    ("/statements/quill-border/directness", ..., "is missing"),
    ("/statements/charter-gloss/directness", "indirect", "is for what a speaker says"),
    ("/statements/charter-gloss/speaker", "people/ada-quill", "is for what a speaker says"),
    ("/statements/oster-crews/speaker", ..., "is missing, though the attribution is by name"),
    ("/statements/quill-lights/attribution/antecedent", ..., "is missing"),
    ("/statements/oster-crews/paraphrase", ..., "is missing"),
    ("/statements/charter-gloss/glosses", "statements/quill-lights", "cites none of these sentences"),
    ("/statements/oster-crews/glosses", "statements/quill-lights", "is for what the document adds"),
    ("/statements/quill-charter/hedges/0/as_printed", "perhaps", "has 7 code points, its span 8"),
    ("/statements/quill-charter/hedges/0/on", "polaritee", "statement has no polaritee"),
    # dates
    ("/statements/quill-border/date/how", "not_stated", "is not_stated, with a day"),
    ("/statements/quill-border/date/basis", ..., "goes with `edtf`"),
    ("/events/night-ferry/date/latest", "2031-04-27", "is for an interval"),
    # figures
    ("/spending/veld-2029/obs_value", "6.25", "holds what is printed only"),
    ("/spending/veld-2030/unit_measure", ..., "is missing beside obs_value"),
    ("/spending/veld-2031/comparison", ..., "is missing"),
    ("/spending/veld-2030/unit_mult", False, "is no number"),
    ("/spending/veld-2029/derived/inputs/0/field", "price_basis", "has no price_basis"),
    # attendance, silence, doubt
    ("/attendees/envoy-of-norway-at-brisa/named", True, "is true, and no person is"),
    ("/attendees/members-at-talks/person", "people/ada-quill", "is for kind person, not delegation"),
    ("/spending/veld-2030/data_source", ..., "is not said"),
    ("/caveats/vote/question", ..., "is missing, and so is `field`"),
    ("/caveats/vote/field", "outcomes", "is a field of no fact"),
    ("/caveats/vote/asks", [], "is missing beside `question`"),
    ("/caveats/vote/asks/0", "statement?event", "there is no list statement"),
    ("/caveats/vote/asks/0", "statements?evnt", "statements have no filter evnt"),
    ("/caveats/vote/asks/0", "statements?act=sings", "act does not take 'sings'"),
    ("/caveats/vote/asks/0", "statements?event=lantern-talks-may-2031", "event is a record"),
    ("/caveats/atlas/asks", ["events"], "is for silence"),
    ("/caveats/farrow-capacity/field", "capacitee", "attendees/farrow-at-talks has no capacitee"),
]
ELSEWHERE: list[tuple[list[Edit], str, str]] = [  # the edits, the pointer of the fault, what it says
    ([("/people/-", FIRST["people"][0])], "/people/4/id", "people/ada-quill is there twice: also /people/0"),
    ([("/events/lantern-talks/series", "events/lantern-talks-may-2031")], "/events/lantern-talks-may-2031/series",
     "leads back"),
    ([("/corroborates", [{"fact": "people/zed", "citations": [MARROW]}])], "/corroborates/0/fact",
     "there is no people/zed"),
    ([("/corroborates", [{"fact": "people/ada-quill", "citations": [MARROW]}])], "/corroborates/0/fact",
     "is defined in this bundle"),
    ([("/corroborates", [{"fact": "events/summit-july-2031", "citations": [{**MARROW, "sentence": "2.1"}]}])],
     "/corroborates/0/citations/0/end", "is not inside"),
    ([("/retract", [{"fact": "people/ada-quill", "reason": "None."}])], "/retract/0/fact", "is defined in this bundle"),
    ([("/merge", [{"from": "people/bo", "into": "people/bo-oster", "reason": "One man."}])], "/merge/0/into",
     "there is no people/bo-oster"),
    ([("/split", [{"from": "people/bo", "into": ["people/bram-oster", "people/x"], "reason": "Two men."}])],
     "/split/0/into/1", "there is no people/x"),
    ([("/caveats/year-from-title/facts/0", ...)], "/events/lantern-talks-may-2031/date/basis",
     "is inferred, and no caveat says how"),
    ([("/caveats/veld-2029-computed/kind", "inferred")], "/spending/veld-2029/basis",
     "is derived, and no caveat says how"),
    ([("/caveats/absent-members", ...)], "/organisations/lantern-pact/counts/1/basis", "is derived"),
    ([("/mentions/she-3-2/antecedent", ...)], "/mentions/she-3-2/basis", "is inferred"),
    ([("/people/jon-reyes/external", {"language": "A directory."})], "/people/jon-reyes/external/language",
     "person has no language"),
    ([("/events/night-ferry/external", {"tide": "An almanac."})], "/events/night-ferry/external/tide",
     "event has no tide"),
    ([("/places/norway/external/value", "An atlas."), ("/places/norway/external/as_printed", "7 isles")],
     "/places/norway/external/value", "place has no value"),
    ([("/places/norway/external", {})], "/places/norway/country", "is supported by no citation"),
    ([("/places/port-calder/citations/0/supports", [])], "/places/port-calder/within", "is supported by no citation"),
    ([("/organisations/lantern-pact/external", {})], "/organisations/lantern-pact/place",
     "is supported by no citation"),
    ([("/people/ada-quill/citations/0/supports", ["offices"])], "/people/ada-quill/citations/0/exact",
     "shows words that no field prints"),
    ([("/events/night-ferry/citations/0/supports", ["nmae"])], "/events/night-ferry/citations/0/supports/0",
     "event has no nmae"),
    ([("/people/ada-quill/citations/1/supports/-", "offices.1.role")], "/people/ada-quill/citations/1/supports/1",
     "person has no offices.1.role"),
    ([("/statements/oster-spending/citations/-", {**LONG, "exact": LONG_WORDS})],
     "/statements/oster-spending/citations/2/exact", "has over 7 words"),
    ([("/people/ada-quill/citations/1/supports", ["name"])], "/people/ada-quill/offices/0/as_printed",
     "is not what citations show"),
    ([("/document/sentences/2.2/ref", "2.3")], "/document/sentences/2/ref", "write 2.2 or 3.1"),
    ([("/document/sentences/2.2/start", 60)], "/document/sentences/2/start", "where the last one ends"),
    ([("/document/length", 900)], "/document/sentences/10.2/start", "the text's end at 900"),
    ([("/statements/oster-final/quotations/1", ...)], "/document/quotation_marks/2/fact",
     "has no quotation of what is between"),
    ([("/document/quotation_marks/1/use", "title")], "/statements/quill-lights/quotations/0/citation",
     "is not just inside a pair"),
    ([("/statements/quill-charter/hedges/0/start", 5), ("/statements/quill-charter/hedges/0/end", 13)],
     "/statements/quill-charter/hedges/0/start", "is in no sentence that the statement cites"),
    ([("/statements/quill-border/date", {"how": "printed"})], "/statements/quill-border/date/how",
     "is printed, without a day"),
    ([("/events/ministers-march-2031/date/alternatives/1", ...)], "/events/ministers-march-2031/date/alternatives",
     "readings that differ"),
    ([("/caveats/last-meeting-disputed/kind", "disputed")], "/events/ministers-march-2031/date/alternatives",
     "and a caveat that says so"),
    ([("/events/night-ferry/date/edtf", "2031-04-28")], "/events/night-ferry/date/latest",
     "is for an interval whose end is unknown"),
    ([("/spending/veld-2030/obs_status", "O")], "/spending/veld-2030/obs_value", "holds what is printed only"),
    ([("/spending/veld-2030/price_basis", "constant")], "/spending/veld-2030/base_year", "goes with constant prices"),
    ([("/spending/veld-2029/derived/inputs/0", {"fact": "organisations/lantern-pact", "field": "counts.7.value"})],
     "/spending/veld-2029/derived/inputs/0/field", "has no counts.7.value"),
    ([("/caveats/no-outcomes/facts/0", ...)], "/events/lantern-talks-may-2031/outcomes",
     "is not said, and no caveat says so"),
    ([("/caveats/no-attendance/field", "outcomes")], "/events/lantern-talks/attendance", "is not said"),
    ([("/attendees/faroese-envoys-at-brisa", ...), ("/attendees/envoys-of-iceland-at-brisa", ...),
      ("/attendees/envoy-of-norway-at-brisa", ...)],
     "/events/brisa-press-conference/attendance", "is not said"),
    ([("/caveats/no-prices", ...)], "/spending/veld-2030/price_basis", "is not said"),
    ([("/caveats/no-amount-2031", ...)], "/spending/veld-2031/amount", "is not said"),
    ([("/caveats/no-author", ...)], "/document/author", "is not said"),
    ([("/caveats/no-date-published", ...)], "/document/date_published", "is not said"),
    ([("/caveats/original-language", ...)], "/document/original_language", "is not said"),
    ([("/caveats/disputed-border/about", [])], "/caveats/disputed-border/facts", "is empty, and so is `about`"),
    ([("/caveats/last-meeting-disputed/values/1", ...)], "/caveats/last-meeting-disputed/values",
     "a conflict is of two passages"),
]
TEXT_IN_PLACE: list[tuple[str, Any, str]] = [
    ("/statements/quill-charter/hedges/0/as_printed", "possibly", "the words stand nowhere in the text"),
    ("/document/sha256", WRONG, "outside: the text's digest differs, all sentences standing"),
    ("/people/ada-quill/name", "It treats a raid on one port as a raid", "treats a raid on one port as a raid"),
    ("/note", "Envoys from Norway, Iceland and the Faroe Islands are", "repeats lantern-talks-2031-05"),
    ("/places/veld/external/within", "Envoys from Norway, Iceland and the Faroe Islands are", "repeats"),
    ("/document/sentences/7.2/reason", "of Orrin since 28 April. Pilots there speak", "repeats"),
]
TEXT_ELSEWHERE: list[tuple[list[Edit], str, str]] = [
    ([("/statements/quill-charter/citations/3/sha256", WRONG)], "/statements/quill-charter/citations/3",
     "no span near has that digest"),
    ([("/document/length", 2000)], "/document/sha256", "outside: the text has"),
    ([("/document/sentences/7.1/sha256", WRONG)], "/document/sentences/7.1", "7.1: the words at"),
    ([("/document/sentences/9.1/ref", "8.2")], "/document/sentences/15/ref", "8.2 does not begin in paragraph 8"),
    ([("/document/quotation_marks/4", ...)], "/document/quotation_marks", "the pair at 1311–1324 is not listed"),
    ([("/document/quotation_marks/4/start", 1310)], "/document/quotation_marks/4",
     "no pair of marks stands at 1310–1324"),
    ([("/retract", [{"fact": "people/x", "reason": "The words that a harbour guard would probably not be covered"}])],
     "/retract/0/reason", "that a harbour guard"),
]
# fmt: on

WITHOUT_TEXT = [*(([(pointer, value)], pointer, says) for pointer, value, says in IN_PLACE), *ELSEWHERE]
WITH_TEXT = [*(([(pointer, value)], pointer, says) for pointer, value, says in TEXT_IN_PLACE), *TEXT_ELSEWHERE]
