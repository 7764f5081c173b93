import type { Nanoseconds } from '../core/time.ts'
import type { Field, FieldSurvey } from './field-survey.ts'

/** A field that came to stay, or is gone: from then on all messages of the type are different. */
export type FieldChange =
  | { readonly type: 'field_appeared'; readonly messageType: string; readonly field: string }
  | { readonly type: 'field_vanished'; readonly messageType: string; readonly field: string }

/** With the time of the first message that had the field, or of the last. */
export interface DatedChange {
  readonly change: FieldChange
  readonly time: Nanoseconds
}

/** So many messages in a row must have the field, and so many not: less may be chance. */
const MESSAGES_MIN = 100

/** These come and go in runs by their nature: who asked for a snapshot, and which sides of a book were empty. */
const COMES_AND_GOES: ReadonlySet<string> = new Set(
  ['id', 'yes', 'yes_dollars', 'yes_dollars_fp', 'no', 'no_dollars', 'no_dollars_fp'].map(name =>
    name === 'id' ? name : `msg.${name}`
  )
)

/**
 * The fields that were in every message up to a moment and in none after it, or the other way round. The moment may be a
 * while, as when the exchange's servers change one after the other, but not longer than what lies before and after it.
 * Every other field is an optional one, of which nothing is told.
 */
export function* changesIn(survey: FieldSurvey): Generator<DatedChange> {
  for (const [messageType, root] of survey.messageTypes) yield* changesOf(messageType, root)
}

function* changesOf(messageType: string, holder: Field): Generator<DatedChange> {
  for (const field of holder.children.values()) {
    const type = judge(field, holder.objects)
    if (type !== null) {
      yield {
        change: { type, messageType, field: field.path },
        time: type === 'field_appeared' ? field.firstSeen : field.lastSeen
      }
    }
    yield* changesOf(messageType, field)
  }
}

function judge(field: Field, occurrences: number): FieldChange['type'] | null {
  if (field.path.endsWith('[]') || COMES_AND_GOES.has(field.path)) return null
  const { first, last, runStart, missing } = field
  const end = last + 1
  if (first === 0 && isChange(missing ?? end, end, occurrences)) return 'field_vanished'
  if (end === occurrences && isChange(first, runStart, occurrences)) return 'field_appeared'
  return null
}

/** Of one kind up to `until`, of the other from `since` on, and mixed between. */
function isChange(until: number, since: number, occurrences: number): boolean {
  const shorter = Math.min(until, occurrences - since)
  return shorter >= MESSAGES_MIN && since - until <= shorter
}
