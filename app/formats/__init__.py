"""Formats: functions of published bodies, each giving an answer another form."""
