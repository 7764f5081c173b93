import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { importCaptures } from '../../src/recording/import-capture.ts'
import { temporaryFolder } from '../temporary.ts'
import { typesOf, verified } from './audited.ts'

const FOLDER = '../shared/real'
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter(name => name.startsWith('gold15m_')) : []

describe.skipIf(captures.length === 0)(`real captures (skipped where ${FOLDER} is absent)`, () => {
  test.each(captures)('%s: has no fault; the exchange emptied the book after the close', async name => {
    const recording = join(temporaryFolder(), 'recording')
    const options = { clock: systemClock(), version: 'test', filtered: true }
    const { connections } = await importCaptures([join(FOLDER, name)], recording, options)
    const { findings, report, spans } = await verified(recording)
    expect(typesOf(findings)).toEqual(['book_cleared'])
    expect(report.frames).toBeGreaterThan(20_000)
    // What the collector missed while it reconnected is lost, and nothing else.
    expect(spans.filter(span => span.state === 'lost')).toHaveLength(connections - 1)
  })
})
