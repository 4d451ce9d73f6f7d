"""Queries: five that readers of the export ask first; each also stands in it as a view."""

from typing import NamedTuple


class Example(NamedTuple):
    """A query: its name, which is that of its view, the question that it answers, and its SQL."""

    name: str
    title: str
    sql: str


EXAMPLES = (
    Example(
        "who_said_what",
        "Who said what about a topic, in which words, and where is that printed?",
        """
SELECT topics.label AS topic, statements.speaker, statements.position_of, statements.act, statements.polarity,
  statements.quotation, statements.paraphrase, statements.hedges, statements.date, statements.event,
  statements.document, statements.sentence, statements.start, statements."end", statements.sha256,
  statements_topics.topic_id, statements.id AS statement_id
FROM statements_topics
JOIN topics ON topics.id = statements_topics.topic_id
JOIN statements ON statements.id = statements_topics.statement_id
WHERE statements.voice = 'speaker'
""",
    ),
    Example(
        "may_be_quoted",
        "Which words were printed as speech, so that they may stand in quotation marks, and whose are they?",
        """
SELECT statements.speaker, statements_quotations.text AS quotation, statements_quotations.extent,
  statements.position_of, statements.event, statements.date, statements_quotations.document,
  statements_quotations.sentence, statements_quotations.start, statements_quotations."end",
  statements_quotations.sha256, statements.id AS statement_id
FROM statements_quotations
JOIN statements ON statements.id = statements_quotations.statement_id
""",
    ),
    Example(
        "spending_by_year",
        "Which figures are given for which year or other period, whom do they cover, and who gives them?",
        """
SELECT time_period, measure, ref_area_label AS area, amount, obs_value, derived_value, derived_bound, unit_mult,
  unit_measure, approximation, obs_status, comparison_direction, comparison_to_period, asserted_by, document, sentence,
  id AS spending_id
FROM spending
WHERE time_period IS NOT NULL
ORDER BY time_period, measure, ref_area_label, id
""",
    ),
    Example(
        "not_stated",
        "What do the documents leave open, and of which fact?",
        """
SELECT caveats.field, caveats.question, caveats.text, caveats.facts, caveats.decision_value AS decision,
  caveats.document, caveats.id AS caveat_id
FROM caveats
WHERE caveats.kind = 'not_stated'
""",
    ),
    Example(
        "who_attended_what",
        "Who attended which event, and who is only expected there?",
        """
SELECT attendees.event, attendees.date, attendees.status, attendees.person, attendees.represents, attendees.role_label,
  attendees.capacity, attendees.country, attendees.count_value AS count, attendees.place, attendees.document,
  attendees.sentence, attendees.event_id, attendees.id AS attendee_id
FROM attendees
ORDER BY attendees.date_earliest, attendees.event_id, attendees.status, attendees.id
""",
    ),
)
