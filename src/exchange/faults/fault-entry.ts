import type { FaultName } from './fault-spec.ts'

/**
 * One line of the fault log: what was done, when and to what. It is written when the fault is done, so that what a
 * client saw can be held against it.
 */
export interface FaultEntry {
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  readonly fault: FaultName
  /** The number of the connection; undefined for an upgrade that was refused. */
  readonly connection?: number | undefined
  /** The frame that it was done to. */
  readonly type?: string | undefined
  readonly id?: number | undefined
  readonly sid?: number | undefined
  readonly seq?: number | undefined
  readonly market?: string | undefined
  /** Of what lasts: where it begins and ends, and where what was held back had to go early. */
  readonly phase?: 'begin' | 'end' | 'overflow'
  readonly milliseconds?: number | undefined
  /** After which frame of its sid an exchanged frame came; after how many frames of data a late reply. */
  readonly after?: number
  /** Under which sid the frame went. */
  readonly sentSid?: number
  /** What was left of a cut frame, or the size of an invented one. */
  readonly bytes?: number
  readonly code?: number | undefined
  readonly status?: number
  /** Frames that were held back. */
  readonly held?: number
  /** Frames that will never arrive. */
  readonly lost?: readonly LostFrames[]
}

/** The frames of a sid that were lost together, with the lowest and the highest of their seqs, if they have any. */
export interface LostFrames {
  readonly sid: number | undefined
  readonly frames: number
  readonly first: number | undefined
  readonly last: number | undefined
}

export type FaultDetails = Omit<FaultEntry, 'time' | 'fault' | 'connection'>
/** Writes an entry about one connection. */
export type Note = (fault: FaultName, details?: FaultDetails) => void
