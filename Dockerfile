# docker build --tag ninerouter .
# docker run --publish 127.0.0.1:20128:20128 --volume ninerouter:/data --env INITIAL_PASSWORD=… ninerouter
# With PostgreSQL: end2end/compose.yaml.

FROM rust:1.95.0-bookworm AS build
WORKDIR /src
COPY . .
RUN rustup target add wasm32-unknown-unknown \
    && cargo xtask build --release \
    && install -D target/release/ninerouter /out/ninerouter

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home ninerouter \
    && install --directory --owner ninerouter --mode 0700 /data
COPY --from=build /out/ninerouter /usr/local/bin/ninerouter
USER ninerouter
# Beyond loopback Ninerouter does not start without a password: pass INITIAL_PASSWORD on the first run.
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=20128
VOLUME /data
EXPOSE 20128
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["ninerouter", "health"]
ENTRYPOINT ["ninerouter"]
CMD ["serve"]
