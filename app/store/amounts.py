"""Amounts: sums of money and shares as English text writes them."""

import re

UNITS = {
    "$": None, "€": "EUR", "£": "GBP", "¥": None, "dollar": None, "euro": "EUR", "us dollar": "USD", "us$": "USD",
    "pound": "GBP", "yen": "JPY", "yuan": "CNY", "rouble": "RUB", "ruble": "RUB", "hryvnia": "UAH", "zloty": "PLN",
}  # fmt: skip
CODES = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|TRY|UAH|USD|ZAR"
SCALES = {"thousand": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12, "tn": 12}
NEARNESS = {
    "about": "about", "around": "about", "some": "about", "roughly": "about", "approximately": "about",
    "nearly": "nearly", "almost": "nearly", "close to": "nearly", "just under": "nearly", "over": "over",
    "just over": "over", "more than": "over", "upwards of": "over", "at least": "at_least", "no fewer than": "at_least",
    "no less than": "at_least", "at most": "at_most", "up to": "at_most", "no more than": "at_most",
}  # fmt: skip
NEAR = rf"(?:(?P<near>{'|'.join(sorted(NEARNESS, key=len, reverse=True))})\s+)?"
# Not a part of a range, of a negative, or of a number written in another way.
NUMBER = r"(?<![\d.,–−-])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|[.,–−-]\d|\s\d{3}\b)"
SCALE = rf"(?:[\s-]?(?P<scale>{'|'.join(SCALES)})\b)?"
AFTER = rf"\s(?P<after>US dollars?|dollars?|euros?|pounds?|yen|yuan|r(?:o)?ubles?|hryvnias?|zlotys?|(?-i:{CODES}))\b"
AMOUNT = re.compile(
    rf"(?<!\w){NEAR}(?:(?P<before>US\$|[$€£¥]|(?-i:{CODES})(?=\s?\d))\s?{NUMBER}{SCALE}"
    rf"|{NUMBER.replace('number', 'number2')}{SCALE.replace('scale', 'scale2')}{AFTER})",
    re.IGNORECASE,
)
SHARE = re.compile(rf"(?<!\w){NEAR}{NUMBER}\s?(?:%|per\s?cent\b)", re.IGNORECASE)
