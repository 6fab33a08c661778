"""A caller who does not speak English: one fixed sentence in their language that offers a person or a message. Never a guess at what they want."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`sentence` as it is written, `ascii` for a voice that knows no other letters (and reads it by English rules)."""

    tag: str
    name: str
    sentence: str
    ascii: str


def _language(tag: str, name: str, sentence: str, ascii_form: str = "") -> tuple[str, Language]:
    return tag, Language(tag, name, sentence, ascii_form or sentence)


LANGUAGES: dict[str, Language] = dict(
    (
        _language(
            "de", "German",
            "Entschuldigung, ich spreche nur Englisch. Ich verbinde Sie gern mit einem Menschen an der Rezeption: sagen Sie bitte yes, "
            "oder hinterlassen Sie eine Nachricht.",
        ),
        _language(
            "es", "Spanish",
            "Lo siento, solo hablo inglés. Puedo pasarle con una persona de la recepción: diga yes, o deje un mensaje.",
            "Lo siento, solo hablo ingles. Puedo pasarle con una persona de la recepcion: diga yes, o deje un mensaje.",
        ),
        _language(
            "fr", "French",
            "Désolé, je ne parle qu'anglais. Je peux vous passer une personne à la réception : dites yes, ou laissez un message.",
            "Desole, je ne parle qu'anglais. Je peux vous passer une personne a la reception: dites yes, ou laissez un message.",
        ),
        _language(
            "it", "Italian",
            "Mi dispiace, parlo solo inglese. Posso passarle una persona alla reception: dica yes, oppure lasci un messaggio.",
        ),
        _language(
            "pt", "Portuguese",
            "Desculpe, só falo inglês. Posso passar a chamada para uma pessoa na recepção: diga yes, ou deixe uma mensagem.",
            "Desculpe, so falo ingles. Posso passar a chamada para uma pessoa na recepcao: diga yes, ou deixe uma mensagem.",
        ),
        _language(
            "nl", "Dutch",
            "Sorry, ik spreek alleen Engels. Ik kan u doorverbinden met iemand van de receptie: zeg yes, of laat een bericht achter.",
        ),
        _language(
            "zh", "Chinese",
            "对不起，我只会说英语。我可以为您转接前台人员，请说 yes，或者请留言。",
            "Dway boo chee, wo jir hway shwaw ying yoo. Ching shwaw yes, wo bahng neen jwan jyeh chyen tie.",
        ),
        _language(
            "ja", "Japanese",
            "申し訳ございません、英語しか話せません。フロントの者におつなぎしますので、yes とおっしゃるか、メッセージをお残しください。",
            "Moshiwake gozaimasen, eigo shika hanasemasen. Furonto no mono ni otsunagi shimasu. Yes to osshatte kudasai.",
        ),
    )
)  # fmt: skip

_COMMON = {
    "de": "ich wir sie und nicht ein eine einen zimmer guten tag bitte haben hätte habe möchte wollte für von bis nacht nächte "
    "sprechen deutsch danke morgen frühstück uhr gibt ist das der die den mein meine noch frei können kann kein auf wie viel kostet",
    "es": "hola quiero quisiera una un habitación habitacion para noches noche buenos buenas días dias tardes por favor tiene tienen el la los las "
    "que cuánto cuanto cuesta hablar habla español espanol gracias reservar reserva me mi necesito puedo puede con del está esta hay",
    "fr": "bonjour je voudrais une un chambre pour nuits nuit avez vous est ce que le la les des du merci parlez français francais combien "
    "coûte réserver reserver s'il plaît plait suis nous avec deux c'est il y a mon ma quelle heure",
    "it": "buongiorno buonasera vorrei una un camera per notti notte avete è il la le gli che quanto costa parla italiano grazie prenotare "
    "prenotazione favore posso sono ho con due della del mi ciao pronto",
    "pt": "olá ola bom dia boa tarde noite quero queria gostaria um uma quarto para noites tem vocês o os as que quanto custa falar fala "
    "português portugues obrigado obrigada reservar reserva por favor eu não nao com minha meu",
    "nl": "goedemorgen goedemiddag hallo ik wil graag een kamer voor nachten nacht heeft u het de spreekt nederlands bedankt alstublieft "
    "reserveren hoeveel kost en niet met twee mijn wij kunnen van tot",
}
_WORDS = {tag: frozenset(words.split()) for tag, words in _COMMON.items()}
_WORDS_OF_ENGLISH = """the a an i you we is are do does have can could would to for and of in on at my your it that this what when how much please
room night nights book want need like hello hi yes no okay thanks thank from until with be me us there any two one three was will if or not so just"""
_ENGLISH = frozenset(_WORDS_OF_ENGLISH.split())
_ASKED_FOR = re.compile(
    r"\b(?:speak|spoken|habla\w*|parl\w+|sprech\w+|fala\w*|spreek\w*) (?:any |sie |lei |usted |vous |u )?(?P<name>spanish|german"
    r"|french|italian|portuguese"
    r"|dutch|chinese|mandarin|japanese|"
    r"español|espanol|deutsch|français|francais|italiano|português|portugues|nederlands)\b",
    re.IGNORECASE,
)
_KANA, _HAN = re.compile(r"[\u3040-\u30ff]"), re.compile(r"[\u4e00-\u9fff]")
_FEWEST_WORDS = 2
"""Of a language's own, before words alone decide."""


def not_english(text: str, tag: str | None = None) -> Language | None:
    """The language of a caller who does not speak English, from their words and the transcriber's tag; None: go on in English.

    The words win over a tag: a tag alone is believed only where no English word was heard, for a name or a short "hola" proves little.
    """
    if _KANA.search(text):
        return LANGUAGES["ja"]
    if _HAN.search(text):
        return LANGUAGES["ja"] if _base(tag) == "ja" else LANGUAGES["zh"]
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
    english = sum(word in _ENGLISH for word in words)
    own = {known: sum(word in vocabulary and word not in _ENGLISH for word in words) for known, vocabulary in _WORDS.items()}
    best = max(own, key=lambda known: (own[known], known == _base(tag)))
    if own[best] >= _FEWEST_WORDS and own[best] > english:
        return LANGUAGES[best]
    if (heard := LANGUAGES.get(_base(tag))) and english == 0 and (own.get(heard.tag, 0) or len(words) > _FEWEST_WORDS):
        return heard
    return None


def asked_for(text: str) -> Language | None:
    """The language that the caller asks for in English: "does anyone speak Spanish?"."""
    found = _ASKED_FOR.search(text)
    return LANGUAGES[_NAMES[found["name"].lower()]] if found else None


_NAMES = {language.name.lower(): tag for tag, language in LANGUAGES.items()} | {
    "mandarin": "zh", "español": "es", "espanol": "es", "deutsch": "de", "français": "fr", "francais": "fr", "italiano": "it",
    "português": "pt", "portugues": "pt", "nederlands": "nl",
}  # fmt: skip


def _base(tag: str | None) -> str:
    return (tag or "").lower().replace("_", "-").split("-")[0]
