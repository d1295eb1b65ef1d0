import { Type } from 'typebox'
import { errorView } from './views.ts'

/** The type of an answer that takes a while, for whoever says that they accept it: JSON texts, one a line. */
export const workingType = 'application/x-ndjson'

/** How far the daemon is; empty where it cannot be counted. */
export const progressView = Type.Partial(
  Type.Object({ what: Type.String(), done: Type.Integer(), total: Type.Integer() }),
)

/** A line of such an answer: any number that say that it is still worked at, then the one that ends it. */
export const workingLine = Type.Union([
  Type.Object({ working: progressView }),
  Type.Object({ answer: Type.Unknown() }),
  Type.Intersect([errorView, Type.Object({ status: Type.Integer() })]),
])
