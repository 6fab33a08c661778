"""Nouns of a travelling party, and tokens with safe look-around."""

from agent.local_model.date_words import Kind, word_set
from agent.local_model.sentence import Sentence

ADULTS = word_set("adult adults parents mom moms mum mums dad dads seniors senior pensioners pensioner ladies gentlemen women men")
CHILDREN = word_set(
    "child children kid kids baby babies infant infants toddler toddlers boy boys girl girls son sons daughter daughters "
    "teenager teenagers teen teens grandson grandsons granddaughter granddaughters grandchild grandchildren grandkids "
    "newborn youngster youngsters minor minors kiddos little'un"
)
PEOPLE = word_set(
    "people persons person guest guests pax traveller travellers traveler travelers individual individuals folks guys "
    "humans others other friends friend colleagues colleague companions buddies heads occupants"
)
COMPANIONS = dict.fromkeys(
    word_set(
        "wife husband partner girlfriend boyfriend spouse fiance fiancee mother mom mum father dad sister brother friend boss colleague "
        "mate cousin aunt uncle grandmother grandfather grandma grandpa nan granny assistant buddy coworker roommate missus hubby"
    ),
    1,
) | {"parents": 2, "grandparents": 2, "friends": 1, "colleagues": 1, "brothers": 1, "sisters": 1}
"""Heads of one word; plurals are multiplied by their count."""
PAIRS = frozenset(("couple", "pair"))
PETS = word_set("dog dogs cat cats pet pets puppy puppies kitten kittens")
ROOMS = word_set("room rooms suite suites bedroom bedrooms")
SMALL = word_set("little small tiny young")
SMALL_ONES = word_set("humans human ones one people guys guests person")
DESCRIPTIONS = word_set(
    "small little young tiny minor adult double single twin king queen deluxe standard family hotel separate connecting "
    "adjoining nice cheap big large quiet other paying old grown honeymoon executive accessible non-smoking smoking "
    "superior luxury basic junior ensuite more extra additional hotel's very good decent regular beautiful school aged "
    "well behaved lovely own available free premium ocean sea view"
)
EXTRA = word_set("more extra additional further")
NOT_PEOPLE = word_set(
    "night nights day days week weeks month months hour hours minute minutes room rooms suite suites bed beds bedroom "
    "bedrooms o'clock am pm star stars dollars pounds euros percent year years time times floor thing things reason bag "
    "bags car cars double doubles single singles twin twins king queen breakfast breakfasts key keys towels"
)
MORE_AFTER = word_set(
    "please for with in on at from i i'd i'll we we'd it starting arriving staying checkin checkout coming this next "
    "tomorrow tonight thanks thank if that including plus today then would will is are leaving because since so can but "
    "the my total altogether actually until till"
)
_POLICY = word_set("maximum max limit up")
_COUNT_WORDS = {"a": 1, "an": 1, "another": 1, "one": 1}


class Words(Sentence):
    """A sentence in which heads and things are counted."""

    def count(self, i: int) -> tuple[int, int]:
        """A number of heads or things at i and the tokens it takes; 0 tokens: none."""
        token = self.at(i)
        if token.kind is Kind.NUMBER:
            return (token.value, 1) if token.value < 1000 else (0, 0)
        if token.text == "a" and self.word(i + 1) in ("couple", "pair") and self.word(i + 2) == "of":
            return 2, 3
        if token.text in ("our", "my", "the") and self.kind(i + 1) is Kind.NUMBER:
            return 0, 0
        if token.text in _COUNT_WORDS:
            return _COUNT_WORDS[token.text], 1
        return 0, 0

    def policy(self, i: int) -> bool:
        """A count in a question of rules ("up to two children"), not of the party."""
        return self.word(i - 1) == "to" and self.word(i - 2) in _POLICY
