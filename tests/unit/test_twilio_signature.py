"""Is this request Twilio's? Signatures are made by the provider's own code here, for addresses as Twilio was told them."""

from urllib.parse import parse_qs

import pytest
from twilio.request_validator import RequestValidator

from telephony.twilio_signature import TwilioSignature

TOKEN, BASE = "12345-secret", "https://grand.example.org"
FORM = {"CallSid": "CA1", "From": "+12025550142", "To": "+12025550100", "CallerName": "", "City": "São Tomé"}


def signed(url: str, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, FORM if form is None else form))


def listed(form: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in form.items()}


@pytest.mark.parametrize(
    ("signed_url", "path", "query", "valid"),
    [
        ("https://grand.example.org/twilio/voice", "/twilio/voice", "", True),
        ("https://grand.example.org:443/twilio/voice", "/twilio/voice", "", True),
        ("https://grand.example.org/twilio/after-dial?note=D%27Angelo", "/twilio/after-dial", "note=D%27Angelo", True),
        ("https://grand.example.org/twilio/after-dial?a=1&b=", "/twilio/after-dial", "a=1&b=", True),
        ("http://127.0.0.1:8000/twilio/voice", "/twilio/voice", "", False),
        ("http://grand.example.org/twilio/voice", "/twilio/voice", "", False),
        ("https://elsewhere.example.org/twilio/voice", "/twilio/voice", "", False),
        ("https://grand.example.org:8443/twilio/voice", "/twilio/voice", "", False),
        ("https://grand.example.org/twilio/call-status", "/twilio/voice", "", False),
        ("https://grand.example.org/twilio/voice", "/twilio/voice", "added=1", False),
    ],
)
def test_only_the_public_address_counts(signed_url: str, path: str, query: str, valid: bool) -> None:
    signature = TwilioSignature(TOKEN, BASE + "/")
    assert signature.is_valid(path, query, listed(FORM), signed(signed_url)) is valid


@pytest.mark.parametrize("change", [{"From": "+12025550143"}, {"Extra": "1"}, {"CallerName": "x"}])
def test_a_changed_form_is_not_twilios(change: dict[str, str]) -> None:
    given = signed(BASE + "/twilio/voice")
    assert not TwilioSignature(TOKEN, BASE).is_valid("/twilio/voice", "", listed(FORM | change), given)


@pytest.mark.parametrize("given", ["", "x", "é", "A" * 28, "=" * 28, "\x00"])
def test_no_signature_and_nonsense_are_refused(given: str) -> None:
    assert not TwilioSignature(TOKEN, BASE).is_valid("/twilio/voice", "", listed(FORM), given)


def test_another_accounts_signature_is_refused() -> None:
    assert not TwilioSignature(TOKEN, BASE).is_valid("/twilio/voice", "", listed(FORM), signed(BASE + "/twilio/voice", token="other"))


def test_blank_and_repeated_fields_are_part_of_what_is_signed() -> None:
    form = parse_qs("CallSid=CA1&Blank=&MediaUrl=b&MediaUrl=a", keep_blank_values=True)
    by_hand = RequestValidator(TOKEN)
    by_hand.get_values = lambda params, name: params[name]
    given = by_hand.compute_signature(BASE + "/twilio/voice", form)
    signature = TwilioSignature(TOKEN, BASE)
    assert signature.is_valid("/twilio/voice", "", form, given)
    assert not signature.is_valid("/twilio/voice", "", form | {"MediaUrl": ["b"]}, given)
    assert not signature.is_valid("/twilio/voice", "", {name: values for name, values in form.items() if name != "Blank"}, given)


@pytest.mark.parametrize("url", ["wss://grand.example.org/twilio/media", "wss://grand.example.org/twilio/media/"])
def test_an_upgrade_is_signed_for_the_websocket_address(url: str) -> None:
    signature = TwilioSignature(TOKEN, BASE)
    assert signature.is_valid_upgrade("/twilio/media", signed(url, {}))
    assert not signature.is_valid_upgrade("/twilio/media", signed("https://grand.example.org/twilio/media", {}))
    assert not signature.is_valid_upgrade("/twilio/media", "")
