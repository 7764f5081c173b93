import type { Nanoseconds } from '../core/time.ts'
import type { Count, Price } from '../core/units.ts'
import type { Deviation } from '../market/irregularity.ts'
import type { Side } from '../protocol/messages/envelope.ts'
import type { ReadFault } from '../recording/segment-fault.ts'
import type { FieldChange } from './field-change.ts'
import type { JsonType } from './field-survey.ts'

/** Anything that a verification has to tell, with the frame that told it. */
export type Finding = FindingDetail & Place

/** Where a finding was met. What it does not concern is null: a file's finding has no frame, a ping no market. */
export interface Place {
  /** Counts the frames that could be read, from 1. */
  readonly frame: number | null
  /** Receive time of the frame. */
  readonly time: Nanoseconds | null
  readonly connection: number | null
  readonly sid: number | null
  readonly market: string | null
}

export type FindingDetail = FileFinding | TimeFinding | SequenceFinding | BookFinding | ContentFinding

export type FileFinding =
  | ReadFault
  /** The segment cannot be read at all, or no further. */
  | { readonly type: 'unreadable'; readonly file: string; readonly reason: string }
  /** `session.json` says something else than the segments. */
  | { readonly type: 'manifest'; readonly file: string; readonly reason: string }

export type TimeFinding =
  /** A clock ran backwards within a connection, by so many seconds, and no other clock explains it. */
  | { readonly type: 'time_backwards'; readonly clock: 'receive' | 'monotonic'; readonly seconds: number }
  /** The wall clock was set, forwards or (negative) backwards, by so many seconds. */
  | { readonly type: 'clock_step'; readonly seconds: number }
  /** Nothing was received for so many seconds on an open connection, not even the exchange's pings. */
  | { readonly type: 'silence'; readonly seconds: number }
  | { readonly type: 'disconnected'; readonly code: number | null; readonly reason: string }

type Told<Type extends Deviation['type']> = Extract<Deviation, { readonly type: Type }>

type SequenceFinding =
  | Told<'gap'>
  | Told<'duplicate'>
  /** The connection was recorded from its opening, but the first `seq` of the `sid` is not 1. */
  | { readonly type: 'late_start'; readonly received: number }

export type BookFinding =
  /** The book as folded is not what the exchange says it is. */
  | ({ readonly type: 'book_mismatch' } & BookDifference & { readonly since: number })
  /** The exchange emptied the book, as it does after a close or a pause, which says nothing of what was in it. */
  | { readonly type: 'book_cleared' }
  /** Changes of a book that no snapshot on their `sid` has told. */
  | { readonly type: 'delta_without_book' }
  | Told<'foreign_delta'>
  | Told<'negative_level'>
  | Told<'crossed_book'>
  /** The ticker's best price was not the book's at any moment near it. */
  | {
      readonly type: 'ticker_mismatch'
      readonly side: 'bid' | 'ask'
      readonly ticker: Price | null
      readonly book: Price | null
    }

/** The first level that differs, YES before NO and the best price first, of so many. */
export interface BookDifference {
  readonly side: Side
  readonly price: Price
  readonly book: Count
  readonly snapshot: Count
  readonly levels: number
}

type ContentFinding =
  | Told<'malformed'>
  | Told<'unknown_type'>
  | Told<'server_error'>
  | Told<'repeated_trade'>
  /** A field that the protocol reference does not know, at its first appearance. */
  | { readonly type: 'unknown_field'; readonly messageType: string; readonly field: string }
  | FieldChange
  /** A field holds a JSON type for the first time, long after the first of another. */
  | {
      readonly type: 'field_type'
      readonly messageType: string
      readonly field: string
      readonly before: readonly JsonType[]
      readonly now: JsonType
    }
  /** There are more fields than are watched: of further ones nothing is told. */
  | { readonly type: 'too_many_fields' }

/** Whether a finding means that the recording is not whole or not right; all others are information. */
export const IS_FAULT: Readonly<Record<Finding['type'], boolean>> = {
  unreadable: true,
  torn: true,
  corrupt: true,
  unsealed: true,
  manifest: true,
  time_backwards: true,
  clock_step: false,
  silence: true,
  disconnected: false,
  gap: true,
  duplicate: true,
  late_start: true,
  book_mismatch: true,
  book_cleared: false,
  delta_without_book: true,
  foreign_delta: false,
  negative_level: true,
  crossed_book: true,
  ticker_mismatch: false,
  malformed: true,
  unknown_type: false,
  server_error: false,
  repeated_trade: false,
  unknown_field: false,
  field_appeared: false,
  field_vanished: false,
  field_type: false,
  too_many_fields: false
}

export function isFault(finding: Pick<Finding, 'type'>): boolean {
  return IS_FAULT[finding.type]
}
