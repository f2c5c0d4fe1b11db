# Two stages: wheels are built where a compiler may be, the service runs where none is.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/bibliobot \
 && /opt/bibliobot/bin/pip install --no-cache-dir --require-hashes --requirement requirements/run.txt
COPY . .
RUN /opt/bibliobot/bin/pip install --no-cache-dir "setuptools>=77" \
 && /opt/bibliobot/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 bibliobot \
 && install --directory --owner=bibliobot --group=bibliobot /data
COPY --from=build /opt/bibliobot /opt/bibliobot
ENV PATH="/opt/bibliobot/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    BIBLIOBOT_CONFIG=/data/config.yaml \
    BIBLIOBOT_SERVER__HOST=0.0.0.0 \
    BIBLIOBOT_SERVER__PORT=8080 \
    BIBLIOBOT_DATABASE__URL=sqlite:////data/bibliobot.sqlite3 \
    BIBLIOBOT_SEARCH__FOLDER=/data/index
USER 10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
# The first start builds the search index, minutes for a million works. Well once, the start is over.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["bibliobot"]
CMD ["run"]
