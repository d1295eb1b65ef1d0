import type { InstantMs } from '../../core/ids.ts'

/** Entries that stand in a segment file and may leave the database. */
export interface Rotation {
  readonly fromSeq: number
  readonly toSeq: number
  /** Of the last of them. */
  readonly hash: string
  /** Name of the segment file, and the checksum of its content. */
  readonly file: string
  readonly sha256: string
  /** `at` of the first and the last entry. */
  readonly firstAt: InstantMs
  readonly lastAt: InstantMs
  readonly at: InstantMs
}

/** A segment that was thrown away after its time. */
export type DroppedSegment = Pick<Rotation, 'file' | 'fromSeq' | 'toSeq' | 'hash' | 'lastAt'>

/** Whether all entries of the rotation have left. */
export type RotationStep = 'done' | 'more'
