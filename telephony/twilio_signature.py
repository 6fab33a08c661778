"""Is this request Twilio's? HMAC over the configured public address and the form; forwarded headers never count."""

from collections.abc import Mapping, Sequence

from twilio.request_validator import RequestValidator


class _Form(dict[str, Sequence[str]]):
    """A form whose fields may be repeated, as the validator reads it."""

    getlist = dict.__getitem__


class TwilioSignature:
    """`public_base_url`: what Twilio was told, e.g. https://hotel.example.com. Source: twilio.com/docs/usage/webhooks/webhooks-security."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base = public_base_url.rstrip("/")

    def is_valid(self, path: str, query: str, form: Mapping[str, Sequence[str]], signature: str) -> bool:
        """A webhook: `path` and raw `query` as requested, `form` with blank values kept."""
        url = self._base + path + (f"?{query}" if query else "")
        return bool(signature) and bool(self._validator.validate(url, _Form(form), signature))

    def is_valid_upgrade(self, path: str, signature: str) -> bool:
        """A media stream's websocket upgrade: signs the wss:// address without parameters."""
        url = "wss://" + self._base.split("://", 1)[-1] + path
        return any(self._validator.validate(candidate, {}, signature) for candidate in (url, f"{url}/"))
