# The translator's image (the last stage): Node and one packed file, no dependency, no root.
# Built on Debian, since the development packages hold programs for glibc; run on Alpine.

FROM node:24.21.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsdown.config.ts README.md LICENSE ./
COPY src ./src
RUN npm run build && npm pack --silent && tar -xzf hiveloop-otel-*.tgz

# The example service, for `docker compose run --rm demo`; the image below does not need it.
FROM build AS demo
COPY examples/lead-qualifier ./examples/lead-qualifier
USER node
CMD ["node", "examples/lead-qualifier/main.ts"]

FROM node:24.21.0-alpine
WORKDIR /opt/hiveloop
COPY --from=build /build/package/package.json /build/package/LICENSE ./
COPY --from=build /build/package/dist ./dist
# A new volume takes its owner from the folder that it is mounted on.
RUN mkdir -p /var/lib/hiveloop && chown node:node /var/lib/hiveloop
USER node
WORKDIR /var/lib/hiveloop
ENV NODE_ENV=production HIVELOOP_LISTEN=0.0.0.0:4328 HIVELOOP_STORE=sqlite:/var/lib/hiveloop/issues.db
EXPOSE 4328
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4328/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/hiveloop/dist/cli.mjs"]
CMD ["translator"]
