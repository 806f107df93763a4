# The command in a small image: docker build -t volley .   How to run it: docs/running.md
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json CHANGELOG.md ./
COPY scripts/build.ts scripts/build.ts
COPY src src
COPY schemas schemas
RUN node scripts/build.ts \
  && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
# tini passes signals on from the first moment; Node alone, as process 1, ignores them until it has started.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini=0.19.* \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /work
# Packages that Volley uses only if they are there; those of clouds are listed in docs/providers.md.
ARG PACKAGES="ioredis@6"
RUN npm install --prefix /opt --ignore-scripts --no-audit --no-fund ${PACKAGES}
WORKDIR /opt/volley
COPY --from=build /build/package.json /build/CHANGELOG.md ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY schemas schemas
COPY assets assets
ENV NODE_ENV=production
USER 1000:1000
WORKDIR /work
VOLUME /work
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/volley/dist/cli/bin.js"]
CMD ["--help"]
