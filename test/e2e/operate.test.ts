import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricsText } from '../../src/cli/metrics-text.ts'
import { LiveEventCounts } from '../../src/live/live-event.ts'
import { noIrregularities } from '../../src/market/irregularity.ts'
import { temporaryFolder } from '../temporary.ts'

const GUIDE = readFileSync('docs/operate.md', 'utf8')
const { counters } = new LiveEventCounts()

function section(title: string): string {
  return GUIDE.split(/^##+ /m).find(text => text.startsWith(`${title}\n`)) ?? ''
}

function codeIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(match => match[1] ?? '')
}

function hasSystemd(): boolean {
  return spawnSync('systemd-analyze', ['--version']).status === 0
}

describe('docs/operate.md', () => {
  it('names every metric and no other', () => {
    const irregularities = noIrregularities()
    const status = { version: '1', frames: 1, bytes: 1, counters, irregularities, connectionsOpen: 1, bufferBytes: 1 }
    const rest = { lagSeconds: 1, lastFrameAgeSeconds: 1, recording: { bytes: 1, segments: 1 } }
    const text = metricsText({ ...status, ...rest, marketsSubscribed: { ticker: 1 } })
    const served = new Set(codeIn(text, /^# TYPE (\w+)/gm))
    const table = section('Metrics')
    expect(new Set(codeIn(table, /`(kws_\w+)/g))).toEqual(served)
    for (const name of codeIn(GUIDE, /\b(kws_\w+)/g)) expect(served).toContain(name)
    for (const type of Object.keys(irregularities)) expect(table).toContain(`\`${type}\``)
  })

  it('names every counter of session.json and no other', () => {
    const rows = section('Counters of session.json')
      .split('\n')
      .filter(line => line.startsWith('| `'))
    const named = rows.flatMap(row => codeIn(row.split(' | ')[0] ?? '', /`(\w+)`/g))
    expect(new Set(named)).toEqual(new Set(['frames', 'bytes', ...Object.keys(counters)]))
  })

  it.skipIf(!hasSystemd())('has a unit that systemd finds nothing wrong with', () => {
    const unit = /```ini\n([\s\S]*?)```/.exec(GUIDE)?.[1] ?? ''
    const file = join(temporaryFolder(), 'kws-record.service')
    writeFileSync(file, unit.replaceAll('/opt/kws', resolve('.')))
    const verify = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    expect([verify.status, verify.stderr]).toEqual([0, ''])
  })

  it('asks for free space in a way that a shell understands', () => {
    const command = /ExecStartPre=\/bin\/sh -c '(.*)'/.exec(GUIDE)?.[1]?.replaceAll('$$', () => '$') ?? 'false'
    const atLeast = (megabytes: string) => command.replace('2000', megabytes)
    execFileSync('/bin/sh', ['-c', atLeast('0')])
    expect(() => execFileSync('/bin/sh', ['-c', atLeast('999999999')], { stdio: 'ignore' })).toThrow('Command failed')
  })
})
