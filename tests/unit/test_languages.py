import pytest

from agent.languages import LANGUAGES, asked_for, not_english

SAID = [
    ("de", "Guten Tag, ich hätte gern ein Zimmer für zwei Nächte."),
    ("de", "Haben Sie morgen noch ein Zimmer frei?"),
    ("de", "ich möchte bitte mit der Rezeption sprechen"),
    ("es", "Hola, quiero una habitación para dos noches."),
    ("es", "buenas tardes tiene una habitacion para mañana"),
    ("es", "cuánto cuesta la noche por favor"),
    ("fr", "Bonjour, je voudrais une chambre pour deux nuits."),
    ("fr", "est ce que vous avez une chambre pour demain"),
    ("fr", "Je voudrais réserver s'il vous plaît"),
    ("it", "Buongiorno, vorrei una camera per due notti."),
    ("it", "quanto costa una camera per favore"),
    ("pt", "Bom dia, eu queria um quarto para duas noites."),
    ("pt", "Olá, vocês têm um quarto para hoje à noite?"),
    ("nl", "Goedemorgen, ik wil graag een kamer voor twee nachten."),
    ("zh", "你好，我想订一个房间。"),
    ("ja", "こんにちは、部屋を予約したいのですが。"),
]
ENGLISH = [
    "", "Hello", "I'd like a room for two nights, please.", "Hola! Do you have a room?", "Do you have a chambre d'hôte style room?",
    "My name is José Muñoz.", "de la Cruz", "Bonjour", "Is the Garden Suite free in March?", "no", "yes", "um", "I want to book die Suite",
    "We are from La Paz", "pronto please",
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text"), SAID)
@pytest.mark.parametrize("heard_as", [None, "own", "en"])
def test_the_callers_language(tag: str, text: str, heard_as: str | None) -> None:
    language = not_english(text, tag if heard_as == "own" else heard_as)
    assert language is not None
    assert language.tag == tag


@pytest.mark.parametrize("text", ENGLISH)
@pytest.mark.parametrize("heard_as", [None, "en", "en-US"])
def test_english_goes_on(text: str, heard_as: str | None) -> None:
    assert not_english(text, heard_as) is None


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("Zimmer frei heute Abend", "de", "de"),
        ("vorrei prenotare domani sera", "it-IT", "it"),
        ("Dana Whitfield", "de", None),
        ("yes", "es", None),
        ("I want a room", "fr", None),
        ("xin chào tôi muốn đặt phòng", "vi", None),
        ("予約", "ja", "ja"),
    ],
)
def test_a_tag_alone_is_believed_only_without_english(text: str, tag: str, expected: str | None) -> None:
    language = not_english(text, tag)
    assert (language.tag if language else None) == expected


@pytest.mark.parametrize(
    ("text", "tag"),
    [("Does anyone there speak Spanish?", "es"), ("sprechen Sie Deutsch", "de"), ("hablan español", "es"), ("can I speak with someone", None)],
)
def test_a_language_asked_for(text: str, tag: str | None) -> None:
    language = asked_for(text)
    assert (language.tag if language else None) == tag


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_each_sentence_offers_a_way_on(language) -> None:  # type: ignore[no-untyped-def]
    assert "yes" in language.sentence.lower()
    assert "yes" in language.ascii.lower()
    assert language.ascii.isascii()
    assert len(language.sentence) <= 160
