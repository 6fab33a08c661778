"""What anybody may ask by HTTP: free rooms."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from data.database import Database
from data.errors import DatabaseUnavailable
from telephony.line import Line
from tools.availability import AvailabilityArguments, as_json, find_rooms
from tools.errors import Refused


def router(line: Line, database: Database) -> APIRouter:
    routes = APIRouter()

    @routes.get("/availability")
    async def availability(request: Request) -> JSONResponse:
        """Query: check_in, check_out or nights, adults, children, rooms, room_type, pets, accessible, smoking; hotel (slug), else the default one."""
        asked = dict(request.query_params)
        hotel = line.hotels.by_slug(asked.pop("hotel", None))
        if hotel is None:
            return JSONResponse({"error": "no such hotel"}, status_code=404)
        try:
            arguments = AvailabilityArguments.model_validate_strings(asked)
        except ValidationError as error:
            wrong = [{"field": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors()]
            return JSONResponse({"error": "not understood", "fields": wrong}, status_code=422)
        try:
            today = line.utc_now().astimezone(ZoneInfo(hotel.timezone)).date()
            return JSONResponse(as_json(await find_rooms(database, hotel, today, arguments), hotel))
        except Refused as refused:
            return JSONResponse({"error": refused.say}, status_code=422)
        except DatabaseUnavailable:
            return JSONResponse({"error": "not available now, please try again"}, status_code=503)

    return routes
