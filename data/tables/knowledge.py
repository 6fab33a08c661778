"""Knowledge articles: the truth of which every index is a copy."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, HotelKey, Key


class ArticleRow(Base):
    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("hotel_id", "topic"),)

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    topic: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    questions: Mapped[list[str]]
    version: Mapped[int] = mapped_column(server_default="1")
    published: Mapped[bool] = mapped_column(server_default=text("true"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
