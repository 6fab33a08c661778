"""Knowledge articles of a hotel."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.knowledge_index import Article
from data.tables import ArticleRow, HotelRow

CONTENT = ("category", "title", "body", "questions", "published")


async def published_articles(session: AsyncSession, hotel_id: int) -> list[Article]:
    """What an index is built from, by topic."""
    rows = await session.execute(select(ArticleRow).where(ArticleRow.hotel_id == hotel_id, ArticleRow.published).order_by(ArticleRow.topic))
    return [Article(row.topic, row.topic, row.title, row.body, tuple(row.questions), row.category) for row in rows.scalars()]


async def save_articles(session: AsyncSession, hotel_id: int, articles: Sequence[Article]) -> int:
    """Make these the hotel's published articles; a changed one gets a new version, a missing one is unpublished. Returns the changes."""
    changed = 0
    if articles:
        rows = [
            {
                "hotel_id": hotel_id,
                "topic": article.topic,
                "category": article.category,
                "title": article.title,
                "body": article.body,
                "questions": list(article.questions),
                "published": True,
            }
            for article in articles
        ]
        statement = insert(ArticleRow).values(rows)
        told = {name: statement.excluded[name] for name in CONTENT}
        statement = statement.on_conflict_do_update(
            index_elements=["hotel_id", "topic"],
            set_=told | {"version": ArticleRow.version + 1, "updated_at": func.now()},
            where=or_(*(getattr(ArticleRow, name).is_distinct_from(value) for name, value in told.items())),
        )
        changed += len((await session.execute(statement.returning(ArticleRow.id))).all())
    gone = update(ArticleRow).where(
        ArticleRow.hotel_id == hotel_id, ArticleRow.published, ArticleRow.topic.not_in([article.topic for article in articles])
    )
    changed += len((await session.execute(gone.values(published=False).returning(ArticleRow.id))).all())
    if changed:
        await session.execute(update(HotelRow).where(HotelRow.id == hotel_id).values(knowledge_version=HotelRow.knowledge_version + 1))
    return changed
