"""Amounts: sums of money and shares as English text writes them."""

import re

UNITS = {
    "$": None, "€": "EUR", "£": "GBP", "¥": None, "dollar": None, "euro": "EUR", "us dollar": "USD", "us$": "USD",
    "u.s. dollar": "USD",
    "pound": "GBP", "yen": "JPY", "yuan": "CNY", "rouble": "RUB", "ruble": "RUB", "hryvnia": "UAH", "zloty": "PLN",
    "kronor": "SEK", "krona": "SEK", "kronur": "ISK", "forint": "HUF", "koruna": "CZK", "rupee": "INR", "rand": "ZAR",
}  # fmt: skip
CODES = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|TRY|UAH|USD|ZAR"
SCALES = {
    "thousand million": 9, "thousand": 3, "k": 3, "millions": 6, "million": 6, "mn": 6, "m": 6, "billions": 9,
    "billion": 9, "bn": 9, "b": 9, "trillions": 12, "trillion": 12, "tn": 12,
}  # fmt: skip
NEARNESS = {
    "about": "about", "around": "about", "some": "about", "roughly": "about", "approximately": "about",
    "nearly": "nearly", "almost": "nearly", "close to": "nearly", "just under": "nearly", "over": "over",
    "just over": "over", "more than": "over", "upwards of": "over", "at least": "at_least", "no fewer than": "at_least",
    "no less than": "at_least", "at most": "at_most", "up to": "at_most", "no more than": "at_most",
}  # fmt: skip
NEAR = rf"(?:(?P<near>{'|'.join(sorted(NEARNESS, key=len, reverse=True))})\s+)?"
# Not a part of a range, of a negative, or of a number written in another way.
NUMBER = (
    r"(?<![\d.,/–−-])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?!\d|[.,–−'’-]\d|\s\d{3}\b|\s?\d?[½¼¾]|\s\d/\d)"
)
SCALE = rf"(?:[\s-]?(?P<scale>{'|'.join(SCALES)})\b)?"
AFTER = (
    r"\s(?:of\s)?(?P<after>U\.S\. dollars?|US dollars?|dollars?|euros?|pounds?|yen|yuan|ro?ubles?|hryvnias?|zlotys?"
    r"|kron(?:or|a|ur)|forints?|korunas?|rupees?|rand"
    rf"|(?-i:{CODES}))\b"
)
AMOUNT = re.compile(
    rf"(?<!\w){NEAR}(?:(?P<before>US\$|[$€£¥]|(?-i:{CODES})(?=\s?\d))\s?{NUMBER}{SCALE}"
    rf"|{NUMBER.replace('number', 'number2')}{SCALE.replace('scale', 'scale2')}{AFTER})",
    re.IGNORECASE,
)
SHARE = re.compile(rf"(?<!\w){NEAR}{NUMBER}\s?(?:%|per\s?cent\b)", re.IGNORECASE)
