import {
  handleParams,
  inviteView,
  newPasswordBody,
  userParams as params,
  tokenBody,
  tokenListView,
  tokenMadeView,
  userBody,
  userChangeBody,
  userListView,
  userView,
} from '../../api/access/users.ts'
import { answers } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import type { Access } from '../../app/access/access.ts'
import { endCodesOf } from '../../app/access/ownAccount.ts'
import { addToken, listTokens, revokeToken } from '../../app/access/tokens.ts'
import {
  addUser,
  changeUser,
  inviteUser,
  listUsers,
  removeUser,
  setPassword,
  showUser,
} from '../../app/access/users.ts'
import { principalOf } from '../access/guard.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['users']

/** Users: list, add, change, remove, invite. */
export function userRoutes(app: Api, access: Access, { gateway }: ApiContext): void {
  const knowsAgent = (agentId: string) => gateway.agent(agentId) !== undefined

  app.get('/v1/users', { schema: { tags, response: answers(userListView) } }, async () => ({
    users: [...listUsers(access)],
  }))
  app.post('/v1/users', { schema: { tags, body: userBody, response: answers(inviteView) } }, async request =>
    addUser(access, request.body, { by: principalOf(request).name, knowsAgent }),
  )
  app.get('/v1/users/:name', { schema: { tags, params, response: answers(userView) } }, async request =>
    showUser(access, request.params.name),
  )
  app.patch(
    '/v1/users/:name',
    {
      schema: {
        tags,
        description: 'What is not said stays. Their sessions end at once.',
        params,
        body: userChangeBody,
        response: answers(userView),
      },
    },
    async request =>
      changeUser(access, request.params.name, { change: request.body, by: principalOf(request).name, knowsAgent }),
  )
  app.delete('/v1/users/:name', { schema: { tags, params, response: answers(doneView) } }, async request => {
    await removeUser(access, request.params.name, principalOf(request).name)
    return done
  })
  secretRoutes(app, access)
}

function secretRoutes(app: Api, access: Access): void {
  app.post(
    '/v1/users/:name/invite',
    {
      schema: {
        tags,
        description: 'Serves once, within a day; a link that was made before serves no more.',
        params,
        response: answers(inviteView),
      },
    },
    async request => inviteUser(access, request.params.name, principalOf(request).name),
  )
  app.put(
    '/v1/users/:name/password',
    { schema: { tags, params, body: newPasswordBody, response: answers(doneView) } },
    async request => {
      const { password } = request.body
      await setPassword(access, request.params.name, { password, by: principalOf(request).name })
      return done
    },
  )
  app.delete(
    '/v1/users/:name/one-time-codes',
    {
      schema: {
        tags,
        description: 'For one who has lost device and recovery codes.',
        params,
        response: answers(doneView),
      },
    },
    async request => {
      await endCodesOf(access, request.params.name, principalOf(request).name)
      return done
    },
  )
}

/** Tokens of programs: list, make, revoke. */
export function tokenRoutes(app: Api, access: Access): void {
  app.get('/v1/tokens', { schema: { tags, response: answers(tokenListView) } }, async () => ({
    tokens: [...listTokens(access)],
  }))
  app.post('/v1/tokens', { schema: { tags, body: tokenBody, response: answers(tokenMadeView) } }, async request =>
    addToken(access, request.body, principalOf(request)),
  )
  app.delete(
    '/v1/tokens/:id',
    {
      schema: { tags, description: 'By its id, or its name.', params: handleParams, response: answers(doneView) },
    },
    async request => {
      await revokeToken(access, request.params.id, principalOf(request).name)
      return done
    },
  )
}
