import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { DatedChange } from '../../src/audit/field-change.ts'
import { changesIn } from '../../src/audit/field-change.ts'
import type { NewType } from '../../src/audit/field-survey.ts'
import { FieldSurvey } from '../../src/audit/field-survey.ts'

/** Surveys frames, one a second. */
function surveyed(frames: readonly object[]): {
  readonly survey: FieldSurvey
  readonly newTypes: readonly NewType[]
  readonly changes: readonly DatedChange[]
} {
  const survey = new FieldSurvey()
  const newTypes = frames.flatMap((frame, second) => [...survey.add(JSON.stringify(frame), BigInt(second))])
  return { survey, newTypes, changes: [...changesIn(survey)] }
}

function trade(msg: object): object {
  return { type: 'trade', sid: 1, msg }
}

function repeat(count: number, frame: object): object[] {
  return Array.from({ length: count }, () => frame)
}

function snapshot(more: object): object {
  return { type: 'orderbook_snapshot', sid: 1, msg: { market_ticker: 'A' }, ...more }
}

const PLAIN = trade({ price: '0.40' })
const RICH = trade({ price: '0.40', block: false })

describe('a field survey', () => {
  it('knows the fields of each type, their JSON types and when each was seen first', () => {
    const { survey } = surveyed([
      PLAIN,
      trade({ price: null, levels: [['0.40', 3]] }),
      { type: 'lifecycle', msg: { event_type: 'created', meta: { name: 'x' } } },
      { type: 'lifecycle', msg: { event_type: 'settled' } }
    ])
    expect([...survey.messageTypes.keys()]).toEqual(['trade', 'lifecycle/created', 'lifecycle/settled'])
    const msg = survey.messageTypes.get('trade')?.children.get('msg')
    expect(msg?.children.get('price')?.types).toEqual(
      new Map([
        ['string', 0n],
        ['null', 1n]
      ])
    )
    const elements = msg?.children.get('levels')?.children.get('[]')?.children.get('[]')
    expect({ path: elements?.path, types: [...(elements?.types.keys() ?? [])] }).toEqual({
      path: 'msg.levels[][]',
      types: ['string', 'number']
    })
  })

  it('tells of a field that came to stay, and of one that is gone, with the time', () => {
    expect(surveyed([...repeat(100, PLAIN), ...repeat(100, RICH)]).changes).toEqual([
      { change: { type: 'field_appeared', messageType: 'trade', field: 'msg.block' }, time: 100n }
    ])
    expect(surveyed([...repeat(100, RICH), ...repeat(100, PLAIN)]).changes).toEqual([
      { change: { type: 'field_vanished', messageType: 'trade', field: 'msg.block' }, time: 99n }
    ])
  })

  it('allows a change to take a while, as long as what lies before and after it', () => {
    const mixed = (count: number) => Array.from({ length: count }, (_, at) => (at % 2 === 0 ? RICH : PLAIN))
    expect(surveyed([...repeat(120, PLAIN), ...mixed(99), ...repeat(120, RICH)]).changes).toHaveLength(1)
    expect(surveyed([...repeat(120, RICH), ...mixed(99), ...repeat(120, PLAIN)]).changes).toHaveLength(1)
    expect(surveyed([...repeat(120, PLAIN), ...mixed(301), ...repeat(120, RICH)]).changes).toEqual([])
  })

  it('says nothing of what may be chance, or is in some messages only by its nature', () => {
    expect(surveyed([...repeat(99, PLAIN), ...repeat(300, RICH)]).changes).toEqual([])
    expect(surveyed([...repeat(300, PLAIN), RICH]).changes).toEqual([])
    expect(surveyed([...repeat(300, RICH), ...repeat(300, PLAIN), RICH]).changes).toEqual([])
    expect(surveyed([...repeat(200, snapshot({})), ...repeat(200, snapshot({ id: 7 }))]).changes).toEqual([])
  })

  it('judges a field by the object that holds it, and tells only the outermost of what is gone', () => {
    const wide = trade({ extra: { a: 1, b: { c: 2 } } })
    expect(surveyed([...repeat(200, wide), ...repeat(200, trade({}))]).changes).toMatchObject([
      { change: { field: 'msg.extra' } }
    ])
    const seldom = (extra: object, count: number) =>
      Array.from({ length: count }, (_, at) => trade(at % 3 === 0 ? { extra } : {}))
    expect(surveyed([...seldom({ a: 1 }, 400), ...seldom({ a: 1, b: 2 }, 400)]).changes).toMatchObject([
      { change: { type: 'field_appeared', field: 'msg.extra.b' } }
    ])
  })

  it('tells of a new JSON type at its first appearance, unless it is null or comes early', () => {
    const number = trade({ price: 0.4 })
    expect(surveyed([...repeat(100, PLAIN), number, number]).newTypes).toEqual([
      { messageType: 'trade', field: 'msg.price', before: ['string'], now: 'number' }
    ])
    expect(surveyed([...repeat(99, PLAIN), number]).newTypes).toEqual([])
    expect(surveyed([...repeat(200, PLAIN), trade({ price: null })]).newTypes).toEqual([])
    expect(surveyed([...repeat(200, trade({ price: null })), PLAIN]).newTypes).toEqual([])
  })

  test('takes anything, and stays small', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string()), { maxLength: 20 }), texts => {
        const survey = new FieldSurvey()
        for (const text of texts) survey.add(text, 0n)
        expect([...changesIn(survey)]).toEqual([])
      })
    )
    const survey = new FieldSurvey()
    for (let at = 0; at < 120; at++) {
      const entries = Array.from({ length: 100 }, (_, key) => [`key-${at}-${key}`, key])
      survey.add(JSON.stringify({ type: 'flood', ...Object.fromEntries(entries) }), 0n)
    }
    expect(survey.isFull).toBe(true)
    expect(survey.messageTypes.get('flood')?.children.size).toBeLessThanOrEqual(10_000)
  })
})
