"""What the OpenAI emulator answers: keyword rules of a hotel desk that know the tools only by what a request says of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ORDINALS = [
    *["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"],
    *["thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"],
    *[f"twenty {one}" for one in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")],
    *["thirtieth", "thirty first"],
]
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_DAY = "|".join(sorted(ORDINALS, key=len, reverse=True)) + r"|\d{1,2}(?:st|nd|rd|th)?"
_MONTH = "|".join(MONTHS)
_NUMBER = "|".join(NUMBERS) + r"|\d{1,2}|an?"

TOOLS = {
    "search": r"search|knowledge|question|faq|article",
    "availability": r"availab",
    "lead": r"lead|contact detail",
    "end": r"end_call|hang.?up|goodbye",
    "transfer": r"transfer|staff|front desk|person",
}


@dataclass
class Reply:
    """One answer: text, then tool calls as (name, arguments)."""

    text: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)


def _number(word: str) -> int:
    word = word.lower()
    return 1 if word in ("a", "an") else NUMBERS.index(word) if word in NUMBERS else int(word)


def _day(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else ORDINALS.index(word.replace("-", " ")) + 1


def _coming(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        if found >= today:
            return found
    return None


def dates_in(text: str, today: date) -> list[date]:
    """Days spoken in a simple way, in order: "December 5th", "the fifth of December", "tomorrow", "Friday", "2026-12-05"."""
    text = re.sub(r"\b(twenty|thirty)-", r"\1 ", text.lower())
    pattern = (
        rf"(\d{{4}}-\d\d-\d\d)|({_MONTH}) (?:the )?({_DAY})\b|\b({_DAY})(?: day)? of ({_MONTH})|\b({_DAY}) ({_MONTH})"
        rf"|\b(tonight|today|tomorrow)\b|\b({'|'.join(WEEKDAYS)})\b"
    )
    found: list[date | None] = []
    for hit in re.finditer(pattern, text):
        iso, month1, day1, day2, month2, day3, month3, near, weekday = hit.groups()
        if iso:
            found.append(date.fromisoformat(iso))
        elif near:
            found.append(today + timedelta(days=near == "tomorrow"))
        elif weekday and not re.match(rf"\s*,?\s*(?:the )?(?:{_MONTH}|{_DAY})\b", text[hit.end() :]):
            found.append(today + timedelta(days=(WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1))
        elif day := day1 or day2 or day3:
            found.append(_coming(_day(day), MONTHS.index(month1 or month2 or month3) + 1, today))
    return [one for one in found if one]


def facts_in(said: list[str], today: date) -> dict[str, Any]:
    """What the caller told so far; later words win."""
    facts: dict[str, Any] = {}
    for text in said:
        if days := dates_in(text, today):
            facts["check_in"] = days[0]
            facts.pop("check_out", None)
            if len(days) > 1 and days[1] > days[0]:
                facts["check_out"] = days[1]
                facts["nights"] = (days[1] - days[0]).days
        if hit := re.search(rf"\b({_NUMBER}) nights?\b", text, re.IGNORECASE):
            facts["nights"] = _number(hit[1])
            facts.pop("check_out", None)
        if hit := re.search(rf"\b({_NUMBER}) (?:people|adults?|guests?|persons?|of us)\b", text, re.IGNORECASE):
            facts["adults"] = _number(hit[1])
        if hit := re.search(r"\b(?:my name is|name's|this is|under the name|i am) ([a-z'-]+(?: [a-z'-]+)?)", text, re.IGNORECASE):
            facts["name"] = re.split(r" (?:and|my|spelled|with|you)\b", hit[1], flags=re.IGNORECASE)[0].title()
        if hit := re.search(r"[\w.+-]+@[\w-]+\.[\w.]+\w", text):
            facts["email"] = hit[0]
        spoken = re.sub(r"\b(?:" + "|".join(NUMBERS) + r"|oh)\b", lambda m: str(([*NUMBERS, "oh"]).index(m[0].lower()) % 11), text.lower())
        if len(digits := re.sub(r"\D", "", "".join(re.findall(r"(?:\d[\s-]*){7,}", spoken)))) >= 7:
            facts["phone"] = digits
    if "check_in" in facts:
        facts.setdefault("nights", 1)
        facts["check_out"] = facts["check_in"] + timedelta(days=facts["nights"])
    return facts


ALIASES = {
    "check_in": r"check_?in|arriv|start",
    "check_out": r"check_?out|depart|end",
    "nights": r"night",
    "adults": r"adult|guests?$|people|party",
    "name": r"name",
    "phone": r"phone|number|mobile",
    "email": r"e_?mail",
    "question": r"question|query|text|topic",
    "summary": r"summary|note|reason|message|request|comment",
}


def _blank(schema: dict[str, Any]) -> Any:
    kinds = schema.get("type") or [one.get("type") for one in schema.get("anyOf", [])]
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "null" in kinds:
        return None
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": False, "array": [], "object": {}}.get(kinds[0] if kinds else "", "")


def arguments_for(tool: dict[str, Any], facts: dict[str, Any]) -> str:
    """The tool's parameters, filled with the facts whose names fit."""
    out: dict[str, Any] = {}
    for name, schema in tool["parameters"].get("properties", {}).items():
        fact = name if name in facts else next((key for key, like in ALIASES.items() if re.search(like, name) and key in facts), None)
        out[name] = facts[fact] if fact else _blank(schema)
    return json.dumps(out, default=str)


def _content(item: dict[str, Any]) -> str:
    content = item.get("content", "")
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


def _texts(value: Any) -> Iterator[str]:
    """Sentences in a tool's output, `spoken` first."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for key in ("spoken", "answer", "summary", "text", "message", "error"):
            if found := list(_texts(value.get(key))):
                yield from [*found, *_texts(value.get("ask_next"))]
                return


def _output_texts(output: str) -> list[str]:
    try:
        return list(_texts(json.loads(output))) or ["That is done."]
    except ValueError:
        return [output]


class Desk:
    """One request's rules."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.items = body["input"] if isinstance(body["input"], list) else [{"role": "user", "content": body["input"]}]
        self.tools = {kind: tool for tool in body.get("tools") or [] for kind, like in TOOLS.items() if re.search(like, tool["name"])}
        for tool in body.get("tools") or []:
            for kind, like in TOOLS.items():
                if kind not in self.tools and tool not in self.tools.values() and re.search(like, tool.get("description") or "", re.IGNORECASE):
                    self.tools[kind] = tool
        self.said = [_content(item) for item in self.items if item.get("role") == "user"]
        self.today = self._today(body.get("instructions") or "")

    def _today(self, instructions: str) -> date:
        if hit := re.search(rf"\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})", instructions, re.IGNORECASE):
            return date(int(hit[3]), MONTHS.index(hit[2].lower()) + 1, int(hit[1]))
        if hit := re.search(r"\b\d{4}-\d\d-\d\d\b", instructions):
            return date.fromisoformat(hit[0])
        return date.today()  # noqa: DTZ011 - the hotel's day is not known here

    def _own_number(self) -> str:
        hints = " ".join(_content(item) for item in self.items if item.get("role") == "developer")
        hit = re.search(r"\+\d{7,}", hints)
        return hit[0] if hit else ""

    def reply(self) -> Reply:
        if (outputs := self._outputs()) is not None:
            return Reply(" ".join(outputs))
        last = self.said[-1] if self.said else ""
        words = last.lower()
        if re.search(r"\b(good ?bye|bye|that's all|that is all|that will be all|nothing else|that's it)\b", words):
            return Reply("Thank you for calling. Goodbye!", self._call("end", {}))
        facts = {**facts_in(self.said, self.today), "question": last, "summary": last}
        if re.search(r"\b(a person|real person|human|front desk|someone|somebody|operator|manager)\b", words) and "transfer" in self.tools:
            return Reply("One moment, please.", self._call("transfer", facts))
        new = facts_in([last], self.today)
        if (own := self._own_number()) and re.search(r"\b(this|same) number\b|calling from", words):
            facts["phone"] = new["phone"] = own
        if new.keys() & {"name", "phone", "email"}:
            return self._contact(facts)
        if new.keys() & {"check_in", "nights"} or re.search(r"\b(room|stay|book|availab|reserv|vacanc)", words):
            return self._stay(facts)
        if re.fullmatch(r"\W*(yes|yeah|sure|please|ok|okay|of course|go ahead)\b.*", words) and len(words.split()) < 8:
            lead = self.tools.get("lead", {}).get("name")
            if lead and lead in [item.get("name") for item in self.items]:
                return Reply("Very good. Is there anything else?")
            return Reply("Wonderful. May I have your name, please?")
        if re.search(r"\?|\b(what|when|where|which|who|how|is|are|do|does|can|could|may)\b", words) and "search" in self.tools:
            return Reply("", self._call("search", facts))
        return Reply("I'm sorry, could you say that again, please?")

    def _outputs(self) -> list[str] | None:
        """What tools said since the caller last spoke; None: none were asked. Nobody says goodbye twice."""
        turn = self.items[max((at for at, item in enumerate(self.items) if item.get("role") == "user"), default=-1) + 1 :]
        outputs = [item["output"] for item in turn if item.get("type") == "function_call_output"]
        if not outputs:
            return None
        ending = self.tools.get("end", {}).get("name")
        if ending in [item.get("name") for item in turn] and any(item.get("role") == "assistant" for item in turn):
            return []
        return list(dict.fromkeys(text for output in outputs for text in _output_texts(output)))

    def _call(self, kind: str, facts: dict[str, Any]) -> list[tuple[str, str]]:
        tool = self.tools.get(kind)
        return [(tool["name"], arguments_for(tool, facts))] if tool else []

    def _stay(self, facts: dict[str, Any]) -> Reply:
        if "check_in" not in facts:
            return Reply("With pleasure. For which dates would you like to stay?")
        return Reply("", self._call("availability", facts)) if "availability" in self.tools else Reply("I will note those dates for you.")

    def _contact(self, facts: dict[str, Any]) -> Reply:
        if "name" not in facts:
            return Reply("Thank you. And what is your name, please?")
        return Reply("", self._call("lead", facts)) if "lead" in self.tools else Reply("Thank you, I have noted that.")
