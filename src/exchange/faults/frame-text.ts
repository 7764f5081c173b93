/** Where the value of a field lies in a text. */
interface Span {
  readonly from: number
  readonly to: number
}

type Fields = ReadonlyMap<string, Span>

/** By what a frame is found again in what a client received. */
export interface FrameIdentity {
  readonly type: string | undefined
  readonly id: number | undefined
  readonly sid: number | undefined
  readonly seq: number | undefined
  readonly market: string | undefined
}

const REPLIES: ReadonlySet<string | undefined> = new Set(['subscribed', 'ok', 'unsubscribed', 'error'])

/**
 * A frame as the text that it is. Its fields are found by walking over the text, without parsing their values, and are
 * changed in place: nothing else of the frame changes, not even its spelling. What is no JSON has the fields that could
 * be found.
 */
export class FrameText {
  readonly text: string
  #fields: Fields | undefined
  #fieldsOfMsg: Fields | undefined

  constructor(text: string) {
    this.text = text
  }

  get type(): string | undefined {
    return this.#string(this.#own.get('type'))
  }

  get id(): number | undefined {
    return this.#integer(this.#own.get('id'))
  }

  get sid(): number | undefined {
    return this.#integer(this.#own.get('sid'))
  }

  get seq(): number | undefined {
    return this.#integer(this.#own.get('seq'))
  }

  /** The market it speaks of, if it is of one. */
  get market(): string | undefined {
    return this.#string(this.#inMsg.get('market_ticker'))
  }

  get identity(): FrameIdentity {
    const { type, id, sid, seq, market } = this
    return { type, id, sid, seq, market }
  }

  /** Whether it belongs to a subscription and answers no command. */
  get isData(): boolean {
    return this.sid !== undefined && this.id === undefined && !REPLIES.has(this.type)
  }

  withSid(sid: number): string {
    return this.#replace([this.#own.get('sid')], () => String(sid))
  }

  withShiftedTimes(milliseconds: number): string {
    const times = [this.#own.get('sending_ts_ms'), this.#inMsg.get('ts_ms')]
    return this.#replace(times, time => String(Number(time) + milliseconds))
  }

  /** Puts a field before all others of the frame and of its `msg`, where that is an object with any. */
  withField(field: string): string {
    const msg = this.#inMsg.size > 0 ? this.#own.get('msg') : undefined
    const openings = [{ from: 0, to: 1 }, msg && { from: msg.from, to: msg.from + 1 }]
    return this.#replace(openings, brace => `${brace}${field},`)
  }

  get #own(): Fields {
    return (this.#fields ??= fieldsOf(this.text, 0))
  }

  get #inMsg(): Fields {
    const msg = this.#own.get('msg')
    return (this.#fieldsOfMsg ??= msg === undefined ? NO_FIELDS : fieldsOf(this.text, msg.from))
  }

  #integer(span: Span | undefined): number | undefined {
    const value = Number(this.#textAt(span))
    return span !== undefined && Number.isSafeInteger(value) ? value : undefined
  }

  /** None of the strings that are looked for has escapes. */
  #string(span: Span | undefined): string | undefined {
    const text = this.#textAt(span)
    return text.startsWith('"') ? text.slice(1, -1) : undefined
  }

  #textAt(span: Span | undefined): string {
    return span === undefined ? '' : this.text.slice(span.from, span.to)
  }

  #replace(spans: readonly (Span | undefined)[], replacement: (text: string) => string): string {
    let text = ''
    let copied = 0
    for (const span of spans.filter(span => span !== undefined).sort((a, b) => a.from - b.from)) {
      text += this.text.slice(copied, span.from) + replacement(this.#textAt(span))
      copied = span.to
    }
    return text + this.text.slice(copied)
  }
}

const NO_FIELDS: Fields = new Map()
/** A whole string, or one of the marks that structure is made of. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g

/** The fields of the object that begins at a place of the text, but not those of objects within. */
function fieldsOf(text: string, begin: number): Fields {
  const fields = new Map<string, Span>()
  if (text[begin] !== '{') return fields
  let depth = 0
  let key: string | undefined
  let from = 0
  TOKENS.lastIndex = begin
  for (let token = TOKENS.exec(text); token !== null; token = TOKENS.exec(text)) {
    const [mark] = token
    if (depth === 1 && key !== undefined && (mark === ',' || mark === '}')) {
      fields.set(key, withoutBlanks(text, from, token.index))
      key = undefined
    }
    if (mark === '{' || mark === '[') depth++
    else if (mark === '}' || mark === ']') depth--
    else if (depth === 1 && key === undefined && mark.startsWith('"')) key = mark.slice(1, -1)
    else if (depth === 1 && mark === ':') from = TOKENS.lastIndex
    if (depth === 0) break
  }
  return fields
}

function withoutBlanks(text: string, from: number, to: number): Span {
  const isBlank = (at: number): boolean => ' \n\r\t'.includes(text[at] ?? '-')
  while (from < to && isBlank(from)) from++
  while (to > from && isBlank(to - 1)) to--
  return { from, to }
}
