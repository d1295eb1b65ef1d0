# Dialwright's daemon. The PBX is not in here: compose.yaml has one beside it. docs/INSTALL.md says how to run both.
#   docker build -t dialwright .
# BASE: a Debian with Node 24 and npm.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts ./scripts
# Fetches the library of better-sqlite3; where none can be fetched, installs a compiler and compiles it.
RUN node scripts/bootstrap.js --to-ship
COPY . .
RUN node scripts/ship.js /shipped

FROM ${BASE}
# Nothing in here installs or compiles. Nothing but /data can be written to by the program's user.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && groupadd --gid 10001 dialwright \
  && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin dialwright \
  && install -d -o dialwright -g dialwright -m 750 /data \
  && ln -s /app/bin/dialwright.js /usr/local/bin/dialwright
COPY --from=build /shipped /app
ENV NODE_ENV=production
USER 10001:10001
WORKDIR /data
VOLUME /data
# The daemon itself is the first process: the signal reaches it, calls in flight end, and its exit code is the container's.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "/app/bin/healthcheck.js"]
ENTRYPOINT ["node", "/app/bin/dialwright.js"]
CMD ["serve"]
