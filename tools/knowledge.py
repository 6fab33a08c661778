"""Questions about the house, answered from its articles; what they do not say is not answered."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from data.knowledge_index import ANSWERS_FROM
from tools.catalogue import Arguments, Duty, Outcome, Slot
from tools.context import Context

HITS = 3
SENTENCES = 3
CLOSE = 0.12
"""A sentence this close to the best one of the article belongs to the answer."""
LEANS_BACK = re.compile(r"(it|they|them|this|that|these|those|there|after that|both|also|then|otherwise|in that case|please ask)\b", re.IGNORECASE)
"""Beginnings of sentences that need the one before."""


class KnowledgeArguments(Arguments):
    question: Annotated[
        str,
        Field(min_length=1, max_length=500, description="The caller's question about the house or the town, as one whole question."),
        Slot(
            questions=("What would you like to know?", "What can I look up for you?", "Which of our services is it about?"),
            reads="question",
        ),
    ]


def answering(sentences: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """The one to three sentences that answer best, in the article's order, each with the one it leans on."""
    if not sentences:
        return ()
    best = max(score for _, score in sentences)
    ranked = sorted(range(len(sentences)), key=lambda place: -sentences[place][1])
    chosen: list[int] = []
    for place in ranked:
        if sentences[place][1] < best - CLOSE:
            break
        leans = place > 0 and LEANS_BACK.match(sentences[place][0])
        together = {*chosen, place, *([place - 1] if leans else [])}
        if len(together) <= SENTENCES:
            chosen = sorted(together)
    return tuple(sentences[place][0] for place in chosen)


async def search_knowledge_base(context: Context, arguments: KnowledgeArguments) -> Outcome:
    hits = await context.knowledge.search(context.hotel.id, arguments.question, limit=HITS)
    sure = [hit for hit in hits if hit.score >= ANSWERS_FROM]
    if not sure:
        return _unknown(context, arguments.question)
    best = sure[0]
    return Outcome(
        content={"found": True, "articles": [{"topic": hit.topic, "title": hit.title, "text": hit.body} for hit in sure]},
        spoken=answering(best.sentences) or (best.body,),
        offers=tuple(hit.article_id for hit in sure),
    )


def _unknown(context: Context, question: str) -> Outcome:
    person = bool(context.hotel.desk_number) and context.hotel.desk_open(context.utc_now())
    offer = "Shall I put you through to the desk?" if person else "Shall I take a message, so that the desk calls you back?"
    return Outcome(
        content={"found": False, "articles": []},
        spoken=("I don't have that information, and I'd rather not guess.",),
        follow_up=offer,
        follow_duty="transfer_to_staff" if person else "create_lead",
        follow_arguments={"reason": question} if person else {"kind": "question", "note": question},
    )


KNOWLEDGE = Duty(
    name="search_knowledge_base",
    description=(
        "What the hotel says about itself: hours, policies, services, prices of services, the neighbourhood. Use it for every such "
        "question and answer only from what it returns; if it finds nothing, say so and offer a person."
    ),
    arguments=KnowledgeArguments,
    run=search_knowledge_base,
    intents=("policy_or_amenity_question", "local_info"),
)
