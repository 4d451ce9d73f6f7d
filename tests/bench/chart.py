"""A chart: what an answer takes of the processor, a bar for each system, on a logarithmic scale."""

from collections.abc import Mapping
from math import ceil, floor, log10
from xml.sax.saxutils import escape

LEFT, RIGHT, TOP, BAR, GAP, SCALE = 150, 90, 46, 18, 34, 560  # pixels
OURS, OTHERS = "#2a6f97", "#b8b8b8"
Panels = Mapping[str, Mapping[str, float]]  # by read and system, microseconds


def chart(title: str, panels: Panels) -> str:
    """The chart as SVG: a panel for each read, its bars in the order given."""
    values = [value for bars in panels.values() for value in bars.values()]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    high += high == low
    parts, top = [text(10, 20, title, size=14)], TOP
    for name, bars in panels.items():
        parts.append(text(10, top - 6, name, weight="bold"))
        for system, value in bars.items():
            parts += bar(top, system, value, SCALE * (log10(value) - low) / (high - low))
            top += BAR + 4
        top += GAP
    width, height = LEFT + SCALE + RIGHT, top
    lines = [line for power in range(low, high + 1) for line in rule(power, low, high, height)]
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>"
    ground = f"<rect width='{width}' height='{height}' fill='white'/>"
    return "\n".join([head, ground, *lines, *parts, "</svg>", ""])


def bar(top: int, system: str, value: float, length: float) -> list[str]:
    colour = OURS if system == "ours" else OTHERS
    return [
        text(LEFT - 8, top + 13, system, anchor="end"),
        f"<rect x='{LEFT}' y='{top}' width='{max(length, 1):.1f}' height='{BAR}' fill='{colour}'/>",
        text(round(LEFT + length) + 6, top + 13, f"{value:,.0f}"),
    ]


def rule(power: int, low: int, high: int, height: int) -> list[str]:
    """The line of a power of ten, and its number at the foot."""
    x = round(LEFT + SCALE * (power - low) / (high - low))
    line = f"<line x1='{x}' x2='{x}' y1='{TOP - 4}' y2='{height - 20}' stroke='#e4e4e4'/>"
    return [line, text(x, height - 6, f"{10**power:,} µs", anchor="middle")]


def text(x: int, y: int, words: str, anchor: str = "start", weight: str = "normal", size: int = 12) -> str:
    font = f"font-family='sans-serif' font-size='{size}' font-weight='{weight}' fill='#222'"
    return f"<text x='{x}' y='{y}' text-anchor='{anchor}' {font}>{escape(words)}</text>"
