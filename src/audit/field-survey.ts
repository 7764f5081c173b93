import type { Nanoseconds } from '../core/time.ts'

export type JsonType = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string'

/** Data may use any key as a name; so many fields are enough for all that the exchange has ever sent, ten times over. */
const FIELDS_MAX = 10_000
const DEPTH_MAX = 8
/** Of a long list, its first elements stand for all. */
const ELEMENTS_MAX = 4
/** A type that is new after so many occurrences of a field is a change; before, the field is just being learned. */
const LEARNED_AFTER = 100

/**
 * One field of one message type. Where it stood is counted in occurrences of the object that holds it, so that a field
 * of an object which is often absent itself is still one that is always there.
 */
export class Field {
  /** `msg.price_dollars`; `[]` for the elements of a list. */
  readonly path: string
  readonly parent: Field | null
  readonly firstSeen: Nanoseconds
  /** When each JSON type was seen first. */
  readonly types = new Map<JsonType, Nanoseconds>()
  readonly children = new Map<string, Field>()
  lastSeen: Nanoseconds
  count = 0
  /** How often it was an object, that is, how often its children could have been there. */
  objects = 0
  /** The occurrences of the parent in which it was there first and last. */
  readonly first: number
  last: number
  /** From where on it has been there without exception. */
  runStart: number
  /** Where it was absent for the first time after its first appearance. */
  missing: number | null = null

  constructor(path: string, parent: Field | null, at: number, time: Nanoseconds) {
    this.path = path
    this.parent = parent
    this.firstSeen = time
    this.lastSeen = time
    this.first = at
    this.last = at
    this.runStart = at
  }

  see(at: number, time: Nanoseconds): void {
    if (at > this.last + 1) {
      this.missing ??= this.last + 1
      this.runStart = at
    }
    this.last = at
    this.lastSeen = time
    this.count++
  }
}

export interface NewType {
  readonly messageType: string
  readonly field: string
  readonly before: readonly JsonType[]
  readonly now: JsonType
}

/** Which fields the messages of each type had, and of which JSON types they were. */
export class FieldSurvey {
  /** By message type; a lifecycle event's is followed by its `event_type`, since each has fields of its own. */
  readonly messageTypes = new Map<string, Field>()
  #fields = 0
  #messageType = ''
  #time: Nanoseconds = 0n
  #newTypes: NewType[] = []

  /** There are more fields than are watched. */
  get isFull(): boolean {
    return this.#fields >= FIELDS_MAX
  }

  /** Takes the text of a frame. Returns the fields in which it has a type that they did not have in a hundred before. */
  add(text: string, time: Nanoseconds): readonly NewType[] {
    const frame = parse(text)
    if (frame === undefined) return NONE
    this.#time = time
    const name = messageTypeOf(frame)
    this.#messageType = name
    let root = this.messageTypes.get(name)
    if (root === undefined) {
      if (this.isFull) return NONE
      this.#fields++
      this.messageTypes.set(name, (root = new Field('', null, 0, time)))
    }
    root.see(root.count, time)
    this.#addChildren(root, frame, 0)
    if (this.#newTypes.length === 0) return NONE
    const newTypes = this.#newTypes
    this.#newTypes = []
    return newTypes
  }

  #addChildren(holder: Field, object: object, depth: number): void {
    const at = holder.objects++
    if (depth === DEPTH_MAX) return
    for (const key in object) this.#addValue(holder, key, at, Reflect.get(object, key), depth)
  }

  #addValue(holder: Field, key: string, at: number, value: unknown, depth: number): void {
    let field = holder.children.get(key)
    if (field === undefined) {
      if (this.isFull) return
      this.#fields++
      field = new Field(pathOf(holder, key), holder, at, this.#time)
      holder.children.set(key, field)
    }
    field.see(at, this.#time)
    const type = typeOf(value)
    if (!field.types.has(type)) this.#noteType(field, type)
    if (type === 'object') this.#addChildren(field, value as object, depth + 1)
    else if (type === 'array') this.#addElements(field, value as readonly unknown[], depth + 1)
  }

  #addElements(list: Field, elements: readonly unknown[], depth: number): void {
    if (depth === DEPTH_MAX) return
    for (let index = 0; index < elements.length && index < ELEMENTS_MAX; index++) {
      this.#addValue(list, '[]', list.objects++, elements[index], depth)
    }
  }

  /** Null and a value take turns in a nullable field; it is no change of type. */
  #noteType(field: Field, now: JsonType): void {
    const before = [...field.types.keys()].filter(type => type !== 'null')
    if (now !== 'null' && before.length > 0 && field.count > LEARNED_AFTER) {
      this.#newTypes.push({ messageType: this.#messageType, field: field.path, before, now })
    }
    field.types.set(now, this.#time)
  }
}

const NONE: readonly NewType[] = []

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function messageTypeOf(frame: object): string {
  const { type, msg } = frame as { readonly type?: unknown; readonly msg?: { readonly event_type?: unknown } | null }
  if (typeof type !== 'string') return '(none)'
  const eventType = msg?.event_type
  return typeof eventType === 'string' ? `${type}/${eventType}` : type
}

function pathOf(holder: Field, key: string): string {
  if (key === '[]') return `${holder.path}[]`
  return holder.path === '' ? key : `${holder.path}.${key}`
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}
