import type { SwaggerTransform } from '@fastify/swagger'
import { Type } from 'typebox'
import { workingType } from '../api/working.ts'
import { ruleOf } from './access/rules.ts'
import { operationOf } from './operations.ts'
import { uploadTypes } from './upload.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file. */
    readonly upload?: boolean
  }
}

const tags = [
  ['campaigns', 'Rules, agents and leads that are dialed together'],
  ['pacing', 'How many calls are dialed, and why'],
  ['leads', 'Whom to call'],
  ['rules', 'The laws and codes that calls are held to'],
  ['permissions', 'What people have permitted'],
  ['persons', 'What is kept about a person, and their wishes'],
  ['do-not-call', 'Whom not to call'],
  ['agents', 'Who takes the calls'],
  ['calls', 'Call records, and what is done to a call'],
  ['ledger', 'The record that cannot be changed unseen'],
  ['reports', 'What a regulator asks for'],
  ['users', 'Who may log in, sessions, tokens of programs'],
  ['system', 'Health, the board, the PBXs, events'],
] as const

const about = `Steers the dialing engine.

Every error is \`{ "error": { "code", "message" } }\`; the code is for programs, the message is one line for people.
What changes anything may be sent again: it means no more the second time.

One name for one thing: requests are named like answers (\`agentId\`, \`campaignId\`, \`nodeId\`, \`pauseReason\`,
\`wrapUpCode\`, \`obtainedAt\`, \`legalBasis\`). The words of the configuration files (\`id\`, \`node\`, \`campaign\`,
\`agent\`, \`reason\`, \`code\`, \`obtained\`, \`basis\`) are taken for the same; both at once with different values are
refused as a contradiction. A body of which every key may be left out may itself be left out.

**Who may.** Every operation names the right that it takes (\`x-right\`); users have those of their role, tokens those that they were
made with. Whoever has some campaigns alone, or one line, finds nothing else there (404), and lists without it. A browser that has logged
in sends its cookie, and with everything that is no GET the \`csrf\` of \`GET /v1/session\` as \`x-csrf-token\`.

**Answers that take a while.** Some requests look at every lead, or read a long file. Whoever sends \`Accept: ${workingType}\` is
told every second that it is still worked at, in lines of JSON with the status 200: \`{ "working": { "what", "done", "total" } }\`,
empty where nothing can be counted, and at the end one line \`{ "answer": ... }\` or \`{ "error": { "code", "message" }, "status" }\`.
What is answered within a second, and to everybody else, is answered as described below.`

/** How the API is described. */
export function openApi(version: string) {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Dialwright',
        version,
        description: about,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This daemon' }],
      tags: tags.map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          token: { type: 'http' as const, scheme: 'bearer' },
          session: { type: 'apiKey' as const, in: 'cookie' as const, name: 'dialwright' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: describe,
  }
}

const file = Type.String({ description: 'The file, as it is; it is read while it arrives.' })

/** A route with its name, and with its body where that is a file. */
const describe: SwaggerTransform = ({ schema, url, route }) => {
  const method = [route.method].flat()[0] ?? 'GET'
  const upload = route.config?.upload === true ? { consumes: uploadTypes, body: file } : {}
  const right = ruleOf(method, url)?.right
  return { schema: { ...schema, ...operationOf(method, url), ...upload, 'x-right': right }, url }
}
