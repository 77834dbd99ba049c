FROM debian:12 AS fetched
# What these fetch does not depend on their version.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl jq
RUN curl -fsSLO https://example.org/x-1.tgz
FROM scratch
COPY --from=fetched /x-1.tgz /
