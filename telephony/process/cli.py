"""The `concierge` command: every verb of the product in one place."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from telephony.process import settings as settings_file
from telephony.process.logs import set_up
from telephony.process.settings import Settings, SettingsError

if TYPE_CHECKING:
    from data.database import Database

Result = TypeVar("Result")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The hotel's phone line.", pretty_exceptions_enable=False, rich_markup_mode=None)
calls = typer.Typer(no_args_is_help=True, help="Read what is stored of calls.", rich_markup_mode=None)
app.add_typer(calls, name="calls")
GUEST = "+12025550142"


def main() -> None:
    app()


def _settings() -> Settings:
    try:
        settings = settings_file.read()
    except SettingsError as error:
        raise _stop(f"The settings are wrong: {error}", 2) from None
    set_up(settings.line.log_level)
    for warning in settings_file.half_set(settings):
        typer.secho(f"Warning: {warning}", fg="yellow", err=True)
    return settings


def _stop(why: str, code: int = 1) -> typer.Exit:
    typer.secho(why, fg="red", err=True)
    return typer.Exit(code)


@app.command()
def serve() -> None:
    """Answer the phone until Ctrl-C."""
    settings = _settings()
    from telephony.process.stores.embedded_postgres import EmbeddedPostgresError

    try:
        _serve(settings)
    except EmbeddedPostgresError as error:
        raise _stop(str(error)) from None
    except OSError as error:
        raise _stop(f"The line cannot start on {settings.line.host}:{settings.line.port}: {error.strerror or error}") from None


def _serve(settings: Settings) -> None:
    import uvloop

    from telephony.process.server import EmbeddedStores, Process
    from telephony.process.server import serve as serve_line

    def started(process: Process) -> None:
        typer.echo(describe(settings, process.engines.stack))

    async def until_stopped() -> None:
        if not await serve_line(settings, stores.url, database_starts=stores.starts, started=started):
            stores.close()
            os._exit(0)  # threads still load models and cannot be told to stop

    stores = EmbeddedStores(settings).open()
    try:
        uvloop.run(until_stopped())
    finally:
        stores.close()


def describe(settings: Settings, stack: dict[str, str]) -> str:
    """What a person who has just started the line wants to know."""
    base = settings.line.base_url
    twilio = "checked" if settings.twilio.checks_signatures else "NOT checked (set TWILIO_AUTH_TOKEN)"
    embedded = {"whisper-base": "embedded", "hibari": "embedded", "embedded": "embedded"}
    rows = [
        "",
        "The line is open.",
        f"  Voice webhook   {base}/twilio/voice        (signatures {twilio})",
        f"  Media stream    {settings.line.stream_url}",
        f"  Health          {base}/health/readiness    metrics {base}/metrics",
        f"  Availability    {base}/availability?check_in=YYYY-MM-DD&nights=2&adults=2",
        "",
        f"  Hearing         {stack['transcriber']} ({embedded.get(stack['transcriber'], 'provider')})",
        f"  Thinking        {stack['model']} ({embedded.get(stack['model'], 'provider')})",
        f"  Speaking        {stack['synthesizer']} ({embedded.get(stack['synthesizer'], 'provider')})",
        f"  Database        {'DATABASE_URL' if settings.line.database_url else f'embedded PostgreSQL in {settings.line.state_dir}'}",
        f"  Recordings      {settings.line.state_dir / 'recordings'}",
        "",
        "  concierge call --say FILE.wav   phones it · concierge chat   talks to it here · Ctrl-C   closes it",
        "",
    ]
    return "\n".join(rows)


@app.command()
def chat(number: Annotated[str, typer.Option(help="Call as this number.")] = GUEST) -> None:
    """Talk to the same agent in this terminal."""
    from telephony.process.chat import talk
    from telephony.process.server import EmbeddedStores, make_ready, running

    settings = _settings()

    async def conversation(database_url: str) -> None:
        async with running(settings, database_url) as process:
            await make_ready(process)
            await talk(process, number, typer.echo, _line_of_stdin)

    with EmbeddedStores(settings) as database_url:
        asyncio.run(conversation(database_url))


async def _line_of_stdin() -> str | None:
    line = await asyncio.to_thread(sys.stdin.readline)
    return line.strip() if line else None


@app.command()
def call(
    say: Annotated[list[Path], typer.Option(help="A WAV to say in a turn; once per turn, in order.", exists=True)],
    url: Annotated[str, typer.Option(help="The running line.")] = "",
    number: Annotated[str, typer.Option(help="Call as this number.")] = GUEST,
) -> None:
    """Phone a running line and say recorded turns."""
    from telephony.process.phone import phone

    settings = _settings()
    raise typer.Exit(asyncio.run(phone(settings, url or settings.line.base_url, number, say, typer.echo)))


@calls.command("list")
def list_(limit: int = 20) -> None:
    """The newest calls."""
    from telephony.process.call_pages import print_list

    _with_database(lambda database: print_list(database, limit, typer.echo))


@calls.command()
def show(call_id: UUID) -> None:
    """One call: what was said and heard, the tools, the latency."""
    from telephony.process.call_pages import print_call

    if _with_database(lambda database: print_call(database, call_id, typer.echo)) is False:
        raise typer.Exit(1)


def _with_database(work: "Callable[[Database], Awaitable[Result]]") -> "Result":
    """On the database of the settings: given, embedded and running, or embedded and started for this."""
    from data.database import Database
    from telephony.process.server import EmbeddedStores

    async def run(url: str) -> "Result":
        database = Database(url)
        try:
            return await work(database)
        finally:
            await database.aclose()

    with EmbeddedStores(_settings()) as database_url:
        return asyncio.run(run(database_url))


@app.command("check-config")
def check_config() -> None:
    """What is set, what is missing, what is embedded."""
    from telephony.process.check_config import report

    try:
        settings = settings_file.parse(os.environ)
    except SettingsError as error:
        raise _stop(f"WRONG: {error}", 2) from None
    raise typer.Exit(1 if report(settings, typer.echo) else 0)


@app.command()
def evaluate(
    kind: Annotated[str, typer.Argument(help="intents, dates, knowledge, speech, turns or bargein")],
    path: Annotated[Path, typer.Argument(exists=True)],
    predictions: Annotated[Path | None, typer.Option(help="Where to write them.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Run the product's own understanding over a file or folder and write predictions."""
    from telephony.process.evaluate import run

    settings = _settings()
    raise typer.Exit(asyncio.run(run(settings, kind, path, predictions, as_json, typer.echo)))


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="server or calls")],
    stubs: Annotated[str, typer.Option(help="oracle or vad: instant stand-ins for speech and brain")] = "oracle",
    port: int = 8000,
    calls_: Annotated[int, typer.Option("-n")] = 40,
    seconds: Annotated[int, typer.Option("-d")] = 30,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Load and latency."""
    from telephony.process import bench as benches

    if what == "server":
        benches.serve(stubs, port)
    elif what == "calls":
        raise typer.Exit(benches.calls(stubs, calls_, seconds, as_json, typer.echo))
    else:
        raise typer.BadParameter("server or calls")


if __name__ == "__main__":
    main()
