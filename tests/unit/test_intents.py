"""The examples folder, what is learnt from it, and wishes in one breath."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agent.local_model
from agent.local_model.intents import Intent, IntentReader, read_examples, split_wishes
from data.embedder import Embedder
from telephony.process import model_files
from telephony.process.evaluate_understanding import DIALOGUE_LABELS

EXAMPLES = Path(agent.local_model.__file__).parent / "examples"
LABELS = {
    "policy_or_amenity_question", "book", "out_of_scope", "local_info", "cancel_or_modify", "complaint_or_request", "give_contact_details",
    "goodbye", "greeting_smalltalk", "availability", "price_question", "affirm", "deny", "pay", "lookup_reservation", "transfer_human",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> IntentReader:
    embedder = Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), tmp_path_factory.mktemp("vectors"))
    return IntentReader(embedder, EXAMPLES)


def test_every_label_has_a_file_of_examples() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.txt")} == LABELS | set(DIALOGUE_LABELS)


def test_the_sixteen_labels_have_enough_examples() -> None:
    counts = Counter(example.label for example in read_examples(EXAMPLES))
    assert all(counts[label] >= 50 for label in LABELS)


def test_no_sentence_stands_under_two_labels() -> None:
    labels: dict[tuple[str, str], str] = {}
    for example in read_examples(EXAMPLES):
        assert labels.setdefault((example.context.lower(), example.text.lower()), example.label) == example.label


def test_a_line_may_carry_what_was_said_before(tmp_path: Path) -> None:
    (tmp_path / "affirm.txt").write_text("yes\n\nShall I? => please do\n", encoding="utf-8")
    read = [(example.label, example.context, example.text) for example in read_examples(tmp_path)]
    assert read == [("affirm", "", "yes"), ("affirm", "Shall I?", "please do")]


def test_no_examples_is_said_at_once(tmp_path: Path) -> None:
    embedder = Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer())
    with pytest.raises(FileNotFoundError):
        IntentReader(embedder, tmp_path)


@pytest.mark.parametrize(
    ("text", "context", "label"),
    [
        ("Yes.", None, "affirm"),
        ("No.", None, "deny"),
        ("Thank you.", None, "greeting_smalltalk"),
        ("Do you take dogs?", None, "policy_or_amenity_question"),
        ("What's a double from the fourth to the sixth?", None, "price_question"),
        ("I'd like to book a room for tomorrow night.", None, "book"),
        ("Is anything free on the last Sunday of May?", None, "availability"),
        ("We have to call the trip off, please cancel.", None, "cancel_or_modify"),
        ("The radiator in two oh four leaks.", None, "complaint_or_request"),
        ("Put me through to the desk.", None, "transfer_human"),
        ("Which trattoria in town would you pick?", None, "local_info"),
        ("How many ounces go into a pint?", None, "out_of_scope"),
        ("202 555 0142", "What is the best phone number to reach you?", "give_contact_details"),
        ("Rosalind Kettering", "What name may I put down?", "give_contact_details"),
        ("Could you say that again?", None, "repeat_that"),
        ("Slower, please.", None, "slower"),
        ("Um, are you a robot?", None, "are_you_a_robot"),
        ("One second, I'm getting my calendar.", None, "hold_on"),
        ("Okay, bye bye.", None, "goodbye"),
    ],
)
def test_reads(reader: IntentReader, text: str, context: str | None, label: str) -> None:
    assert reader.read(text, context)[0].label == label


def test_confidences_are_ordered_and_sum_to_one(reader: IntentReader) -> None:
    intents = reader.read("do you have a room with a view")
    confidences = [intent.confidence for intent in intents]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1.0)
    assert {intent.label for intent in intents} == LABELS | set(DIALOGUE_LABELS)


def test_a_clear_wish_is_surer_than_a_fragment(reader: IntentReader) -> None:
    assert reader.read("I want to cancel my reservation")[0].confidence > 0.9
    assert reader.read("that one over there")[0].confidence < 0.6


def test_what_was_said_before_moves_a_reading(reader: IntentReader) -> None:
    def goodbye(intents: list[Intent]) -> float:
        return next(intent.confidence for intent in intents if intent.label == "goodbye")

    answer = "no thank you"
    after = goodbye(reader.read(answer, "Is there anything else I can help you with today?"))
    assert after > goodbye(reader.read(answer, "Shall I book a room for you?"))


@pytest.mark.parametrize("text", ["", "   ", "...", "Um.", "uh, hmm"])
def test_without_words_nothing_is_sure(reader: IntentReader, text: str) -> None:
    assert reader.read(text)[0].confidence < 0.1


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        (
            "Do you take dogs, is parking free, and what's a double from the fourth to the sixth?",
            ["Do you take dogs", "is parking free", "what's a double from the fourth to the sixth?"],
        ),
        ("Do you have a pool and a gym?", ["Do you have a pool", "Do you have a gym"]),
        ("Can you tell me if you have parking and if dogs are allowed?", ["Can you tell me if you have parking", "if dogs are allowed?"]),
        ("What time is breakfast? How much is it?", ["What time is breakfast?", "How much is it?"]),
        ("I'd like a room with breakfast, and could you tell me how far the beach is?",
         ["I'd like a room with breakfast", "could you tell me how far the beach is?"]),
        ("I need a double for Friday. Also, what time is breakfast?", ["I need a double for Friday.", "Also, what time is breakfast?"]),
        ("do you have a safe and is breakfast included and can i come late",
         ["do you have a safe", "is breakfast included", "can i come late"]),
        (
            "I would like to know when breakfast is, whether I can bring a dog, and please connect me to the spa.",
            ["I would like to know when breakfast is", "whether I can bring a dog", "please connect me to the spa."],
        ),
        ("Yes, and is parking free?", ["Yes", "is parking free?"]),
        ("Is the pool open? I'd also like to book a massage.", ["Is the pool open?", "I'd also like to book a massage."]),
    ],
)  # fmt: skip
def test_splits(text: str, wishes: list[str]) -> None:
    assert split_wishes(text) == wishes


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "No, actually three nights.",
        "Two nights from Friday, no sorry, three nights from Saturday, and it's just me, my wife isn't coming.",
        "I'd like a room for me and my wife from Friday to Sunday.",
        "My wife is coming and is staying with us.",
        "What time does the pool open and close?",
        "How much is parking and wifi?",
        "Hi, I'm coming on Friday. Do you have parking?",
        "I'd like to book a room. Two adults.",
        "My name is Smith, S-M-I-T-H, and my number is 202 555 0142.",
        "Is there anywhere I can park? I come with a van and a trailer.",
        "Thanks. Bye.",
    ],
)
def test_one_wish_stays_whole(text: str) -> None:
    assert split_wishes(text) == [text]


def test_nothing_said_is_no_wish() -> None:
    assert split_wishes("  ") == []


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=80))
def test_splitting_never_fails_and_never_gives_an_empty_wish(text: str) -> None:
    assert all(wish.strip() for wish in split_wishes(text))
