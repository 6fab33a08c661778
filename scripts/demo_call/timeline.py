"""A call's rows as a picture: guest above, hotel below, between them what each turn's time went into."""

from html import escape
from typing import Final

from data.records import TurnRecord, UtteranceRecord, WholeCall

PX_PER_S: Final = 26
LEFT: Final = 64
GUEST_Y: Final = 44
STAGES_Y: Final = 84
HOTEL_Y: Final = 108
BAR: Final = 30
HEIGHT: Final = 190
TICK_S: Final = 10
LETTER_PX: Final = 5.4
COLOURS: Final = {"guest": "#2f6f9f", "hotel": "#3c8d5a", "unheard": "#c9d8cf", "cut": "#c0392b"}
STAGES: Final = (("endpoint_ms", "#e0a030"), ("think_ms", "#8e5ea8"), ("first_audio_ms", "#5d9ccc"))
"""In the order in which they follow the end of the guest's voice."""


def draw(whole: WholeCall) -> str:
    """The SVG."""
    end_ms = max((each.ended_ms or 0 for each in whole.utterances), default=0)
    width = LEFT + round((end_ms / 1000 + 2) * PX_PER_S)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"',
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
        *_axis(end_ms),
        f'<text x="6" y="{GUEST_Y + 19}">guest</text><text x="6" y="{STAGES_Y + 12}">stages</text><text x="6" y="{HOTEL_Y + 19}">hotel</text>',
    ]
    for utterance in whole.utterances:
        parts += _utterance(utterance)
    for turn in whole.turns:
        parts += _stages(turn)
    parts += [*_legend(), "</svg>"]
    return "\n".join(parts) + "\n"


def _x(at_ms: int) -> int:
    return LEFT + round(at_ms / 1000 * PX_PER_S)


def _axis(end_ms: int) -> list[str]:
    lines = []
    for second in range(0, end_ms // 1000 + 2, TICK_S):
        x = _x(second * 1000)
        lines.append(
            f'<line x1="{x}" y1="24" x2="{x}" y2="{HOTEL_Y + BAR + 6}" stroke="#ddd"/><text x="{x + 2}" y="20" fill="#777">{second} s</text>'
        )
    return lines


def _utterance(utterance: UtteranceRecord) -> list[str]:
    """A bar with its words, and all of them as its title; an interruption is a red line."""
    if utterance.started_ms is None or utterance.ended_ms is None:
        return []
    guest = utterance.speaker == "caller"
    x, y = _x(utterance.started_ms), GUEST_Y if guest else HOTEL_Y
    width = max(3, _x(utterance.ended_ms) - x)
    colour = COLOURS["guest" if guest else "hotel" if utterance.heard else "unheard"]
    title = utterance.said if utterance.heard in ("", utterance.said) else f"said: {utterance.said} / heard: {utterance.heard}"
    shown = (utterance.heard or utterance.said)[: max(0, int((width - 6) / LETTER_PX))]
    bar = [
        f'<g><title>{escape(title)}</title><rect x="{x}" y="{y}" width="{width}" height="{BAR}" rx="3" fill="{colour}"/>',
        f'<text x="{x + 4}" y="{y + 19}" fill="white">{escape(shown)}</text></g>',
    ]
    if utterance.cut:
        end = x + width
        bar.append(f'<line x1="{end}" y1="{GUEST_Y - 6}" x2="{end}" y2="{HOTEL_Y + BAR + 6}" stroke="{COLOURS["cut"]}" stroke-width="2"/>')
    return bar


def _stages(turn: TurnRecord) -> list[str]:
    if turn.ended_ms is None or turn.voice_ms is None:
        return []
    at_ms, bars = turn.ended_ms, []
    for name, colour in STAGES:
        took_ms: int = getattr(turn, name) or 0
        width = max(1, _x(at_ms + took_ms) - _x(at_ms))
        bars.append(f'<rect x="{_x(at_ms)}" y="{STAGES_Y}" width="{width}" height="14" fill="{colour}"><title>{name} {took_ms}</title></rect>')
        at_ms += took_ms
    bars.append(f'<text x="{_x(at_ms) + 4}" y="{STAGES_Y + 11}" fill="#555">{turn.voice_ms - turn.ended_ms} ms</text>')
    return bars


def _legend() -> list[str]:
    told = (*((colour, name.removesuffix("_ms").replace("_", " ")) for name, colour in STAGES), (COLOURS["cut"], "interrupted"))
    lines, x = [], LEFT
    for colour, text in told:
        lines.append(
            f'<rect x="{x}" y="{HEIGHT - 24}" width="10" height="10" fill="{colour}"/><text x="{x + 14}" y="{HEIGHT - 15}" fill="#555">{text}</text>'
        )
        x += 100
    return lines
