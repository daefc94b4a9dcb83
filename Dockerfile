# Two stages: the first installs what the lock file names, the second holds that and nothing to build with.
# The base is pinned by its digest; a scheduled change (.github/dependabot.yml) offers newer ones.
FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv --without-pip /opt/second-wind
COPY lock/postgresql.txt /tmp/lock.txt
RUN pip --python /opt/second-wind/bin/python install --require-hashes --no-deps -r /tmp/lock.txt
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY cogs ./cogs
# setuptools comes pinned with the lock file, so nothing is fetched here; what runs does without it
RUN pip --python /opt/second-wind/bin/python install --no-deps --no-index --no-build-isolation . \
    && pip --python /opt/second-wind/bin/python uninstall --yes setuptools

FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

# libfribidi0: Pillow needs it to lay out names written from right to left.
RUN apt-get update && apt-get install --yes --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 runner \
    && useradd --uid 10001 --gid runner --no-create-home --home-dir /data --shell /usr/sbin/nologin runner \
    && install --directory --owner=runner --group=runner --mode=0700 /data
COPY --from=build /opt/second-wind /opt/second-wind

# Only /data is written to, also by SQLite when it sorts a large table (and /tmp, by the files that people upload).
ENV PATH="/opt/second-wind/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SQLITE_TMPDIR=/data \
    SECONDWIND_STORAGE__URL=sqlite:////data/second-wind.db \
    SECONDWIND_MONITORING__PORT=9464 \
    SECONDWIND_LOG__FORMAT=json
WORKDIR /data
VOLUME /data
USER runner
STOPSIGNAL SIGTERM

# Well: connected, the database takes writes, and it was looked lately whether something is due. Where a host turns
# monitoring off (port 0) nobody can be asked, and the container is well while its process runs.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=2 \
    CMD ["python", "-m", "bot.monitoring.probe"]

ENTRYPOINT ["second-wind"]
CMD ["run"]
