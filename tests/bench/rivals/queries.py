"""The reads of the plain database as one would write them by hand: rows with all that belongs to them."""

_ROW = """
SELECT s.*, p.name AS speaker, e.name AS event,
  (SELECT json_group_array(json_object('id', t.id, 'name', t.name))
     FROM statement_topics l JOIN topics t ON t.id = l.topic_id WHERE l.statement_id = s.id) AS topics,
  (SELECT json_group_array(json_object('document', c.document, 'sentence', c.sentence, 'start', c.start,
     'end', c."end", 'sha256', c.sha256, 'supports', c.supports, 'exact', c.exact))
     FROM citations c WHERE c.statement_id = s.id) AS citations
FROM statements s JOIN people p ON p.id = s.speaker_id JOIN events e ON e.id = s.event_id
"""
ITEM = f"{_ROW} WHERE s.id = :id"
LIST = f"{_ROW} WHERE s.speaker_id = :speaker ORDER BY s.date DESC, s.id LIMIT 50"
DEEP = f"{_ROW} ORDER BY s.date DESC, s.id LIMIT 50 OFFSET :offset"
WHOLE = _ROW
# In the order of `rank`, FTS5 sorts before it makes snippets, so they are made of the rows shown alone.
SEARCH = """
SELECT s.*, p.name AS speaker, e.name AS event, snippet(statements_fts, 0, '<b>', '</b>', '…', 24) AS snippet
FROM statements_fts JOIN statements s ON s.rowid = statements_fts.rowid
JOIN people p ON p.id = s.speaker_id JOIN events e ON e.id = s.event_id
WHERE statements_fts MATCH :q ORDER BY rank LIMIT 20
"""
