"""Summit Facts: the facts of diplomatic meetings, each cited to the exact place in a source document.

The house, imports pointing down:
    main      create_app(settings): the one place where parts meet; cli beside it
    http      requests in, answers out: asking, answering, problems, routes
    formats   functions of published bodies, each giving an answer another form
    store     the database: loading (the one door for writes), publishing, checking, citing, reading
    facts     one file a kind: its table, how it arrives (Entry), leaves (Public) and is asked for (Query)
    errors    what can go wrong; each knows its status and title
"""

__version__ = "0.1.0"
