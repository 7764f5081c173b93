import { reasonOf } from '../core/errors.ts'

/** A JSON value before any check but that it is an object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The object that a text holds, or, as a string, why it holds none. */
export function parseObject(text: string): JsonObject | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `is not JSON: ${reasonOf(error)}`
  }
  return isObject(value) ? value : 'is JSON, but no object'
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
