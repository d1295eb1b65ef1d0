import { type Static, Type } from 'typebox'
import { closed } from '../schemas.ts'

/** How the configuration is to be read anew. */
export const reloadBody = Type.Object(
  {
    /** Only shows what would change. */
    dryRun: Type.Optional(Type.Boolean()),
  },
  closed,
)

/** What reading the configuration anew has come to. */
export const reloadView = Type.Object({
  dryRun: Type.Boolean(),
  changes: Type.Array(
    Type.Object({
      /** Entries of lists by their id: `trunks.main.channels`. */
      key: Type.String(),
      /** As written; absent: it was not there. Secrets are not shown. */
      before: Type.Optional(Type.String()),
      after: Type.Optional(Type.String()),
      /** Counts now, or with the next start. */
      effect: Type.Enum(['live', 'restart']),
    }),
  ),
  needsRestart: Type.Boolean(),
  agents: Type.Array(
    Type.Object({
      agentId: Type.String(),
      kind: Type.Enum(['added', 'changed', 'removed', 'stays-removed']),
      fields: Type.Optional(Type.Array(Type.Enum(['name', 'endpoint', 'nodeId', 'campaignId']))),
    }),
  ),
  warnings: Type.Array(Type.String()),
})
/** What reading the configuration anew has come to, as answers show it. */
export type ReloadView = Static<typeof reloadView>

/** Reads the configuration anew while the daemon dials. */
export interface ReloadControl {
  /**
   * Checks all of it first; then what can be applied at once is, and the rest is named.
   * @throws ConfigError what is wrong with it; nothing has changed then
   * @throws StoreError agents or campaigns could not be kept: the next reload shows them again
   */
  reload(how: { readonly dryRun: boolean }): Promise<ReloadView>
}
