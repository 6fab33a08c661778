"""What the process counts, for Prometheus. One registry per process; names of the plan plus calls, stages, errors and the loop's health."""

import asyncio

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from speech.turns import GiveUp, Interrupt, Resume
from telephony import events
from telephony.call import Part
from telephony.events import Event

FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LONG = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600)
LAG_PERIOD_S = 0.25
LAG_ALARM_S = 0.15
"""A loop this late cannot keep 20 ms packets in time: new calls go to the desk."""
LAG_SMOOTHING = 0.3


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.http_requests = Counter("http_requests_total", "HTTP requests", ["method", "path", "status"], registry=registry)
        self.http_seconds = Histogram("http_request_duration_seconds", "HTTP request time", ["method", "path"], buckets=FAST, registry=registry)
        self.sockets = Gauge("websocket_connections_active", "Open media streams", registry=registry)
        self.socket_seconds = Histogram("websocket_duration_seconds", "Length of media streams", buckets=LONG, registry=registry)
        self.reply_seconds = Histogram("ai_response_duration_seconds", "End of turn to first sentence", buckets=FAST, registry=registry)
        self.tool_seconds = Histogram("tool_duration_seconds", "Time of a duty", ["tool"], buckets=FAST, registry=registry)
        self.tools = Counter("tool_uses_total", "Duties done", ["tool", "ok"], registry=registry)
        self.calls = Counter("calls_total", "Calls ended", ["reason"], registry=registry)
        self.live = Gauge("calls_live", "Calls with a media stream", registry=registry)
        self.stages = Histogram("turn_stage_seconds", "Latency of a turn by stage", ["stage"], buckets=FAST, registry=registry)
        self.turns = Counter("turns_total", "Caller turns", ["answered"], registry=registry)
        self.turn_events = Counter("turn_events_total", "Interruptions, resumes, turns given up", ["kind"], registry=registry)
        self.errors = Counter("errors_total", "Failures by part", ["part"], registry=registry)
        self.rows_journaled = Gauge("rows_journaled", "Rows kept in the journal because PostgreSQL was away", registry=registry)
        self.loop_lag = Gauge("event_loop_lag_seconds", "How late the event loop is", registry=registry)
        process = psutil.Process()
        memory = Gauge("process_memory_bytes", "Resident memory", registry=registry)
        memory.set_function(lambda: float(process.memory_info().rss))
        cpu = Gauge("process_cpu_seconds", "CPU time used", registry=registry)
        cpu.set_function(lambda: float(sum(process.cpu_times()[:2])))


class LoopLag:
    """How late the event loop wakes us; `lagging` decides on admission."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._smooth_s = 0.0

    def lagging(self) -> bool:
        return self._smooth_s > LAG_ALARM_S

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + LAG_PERIOD_S
            await asyncio.sleep(LAG_PERIOD_S)
            late_s = max(0.0, clock() - due)
            self._smooth_s += LAG_SMOOTHING * (late_s - self._smooth_s)
            self._metrics.loop_lag.set(self._smooth_s)


class Measured(Part):
    """One call's share in the metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def start(self) -> None:
        self._metrics.sockets.inc()
        self._metrics.live.inc()

    def event(self, event: Event) -> None:
        metrics = self._metrics
        match event:
            case events.TurnTimed():
                metrics.turns.labels(answered=str(event.answered).lower()).inc()
                if event.answered:
                    metrics.reply_seconds.observe(event.think_ms / 1000)
                    stages = (
                        ("endpoint", event.endpoint_ms),
                        ("transcribe", event.transcribe_ms),
                        ("think", event.think_ms),
                        ("first_audio", event.first_audio_ms),
                    )
                    for stage, took_ms in stages:
                        metrics.stages.labels(stage=stage).observe(took_ms / 1000)
            case events.ToolUsed():
                metrics.tool_seconds.labels(tool=event.name).observe(event.took_ms / 1000)
                metrics.tools.labels(tool=event.name, ok=str(event.ok).lower()).inc()
            case events.SpeechFailed():
                metrics.errors.labels(part=event.part).inc()
            case events.RecordingFailed():
                metrics.errors.labels(part="recording").inc()
            case Interrupt() | Resume() | GiveUp():
                metrics.turn_events.labels(kind=type(event).__name__).inc()
            case _:
                pass

    async def end(self) -> None:
        metrics = self._metrics
        metrics.sockets.dec()
        metrics.live.dec()
        metrics.socket_seconds.observe(self.call.now_ms() / 1000)
        metrics.calls.labels(reason=self.call.ended.reason if self.call.ended else "unknown").inc()
