# Dialwright's daemon. The PBX is not in here: point /data/dialwright.yaml at it.
#   docker build -t dialwright .
#   docker run --network host -v ./data:/data dialwright
FROM node:24-bookworm-slim AS build
WORKDIR /app
# better-sqlite3 is compiled where no ready-made binary can be fetched.
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN node scripts/build.js && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/scripts/lib ./scripts/lib
COPY --from=build /app/scenarios ./scenarios
RUN mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
ENTRYPOINT ["node", "/app/bin/dialwright.js"]
CMD ["serve"]
