import type { SessionView } from '../../api/access/sessions.ts'

/** What each part of a person's case is given. */
export interface CaseProps {
  readonly session: SessionView
  /** As it was typed. */
  readonly number: string
  /** Something has changed: what depends on it is asked for anew. */
  readonly changed: () => void
}
