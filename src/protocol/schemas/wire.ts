import { z } from 'zod'

/**
 * The building blocks of the wire's schemas. Objects are strict, which is how unknown fields are found; what the reader
 * of a message does about them is in `reader.ts`. Null is taken for absence everywhere (protocol reference, section 4).
 */

export const ticker = z.string().min(1)
export const text = z.string().nullish()
export const texts = z.array(z.string()).nullish()
export const integer = z.int().nullish()
export const flag = z.boolean().nullish()
/** A decimal string; a plain number is accepted too, since clients have reported some (section 10.3). */
export const decimal = z.union([z.string(), z.number()]).nullish()
export const side = z.enum(['yes', 'no'])
export const optionalSide = side.nullish()

/** The top level of every server frame (section 4). */
const envelope = {
  sid: integer,
  seq: integer,
  id: integer,
  // Held as microseconds, which must stay a safe integer.
  sending_ts_ms: z
    .int()
    .max(Number.MAX_SAFE_INTEGER / 1000)
    .nullish()
}

/** A frame whose `msg` has these fields. */
export function frame<Type extends string, Fields extends z.core.$ZodShape>(
  types: readonly [Type, ...Type[]],
  msg: Fields
) {
  return bareFrame(types, { msg: z.strictObject(msg) })
}

/** A frame with these fields at its top level. */
export function bareFrame<Type extends string, Fields extends z.core.$ZodShape>(
  types: readonly [Type, ...Type[]],
  fields: Fields
) {
  return z.strictObject({ type: z.enum(types), ...envelope, ...fields })
}

/** Documented as a string once, sent as a number today: the shortest decimal form of it is the same text. */
export function decimalText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined || value === '' ? null : String(value)
}
