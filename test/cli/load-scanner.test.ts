import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../temporary.ts'

/** What loading tells of each name, in one process of its own: the module hooks are those of the built program. */
function outcomesOf(names: readonly string[], cwd: string): string[] {
  const loader = pathToFileURL(resolve('dist/cli/load-scanner.js')).href
  const script = `
    import { loadScanners } from ${JSON.stringify(loader)}
    for (const name of ${JSON.stringify(names)}) {
      await loadScanners([name], {}).then(
        ([scanner]) => console.log('loaded ' + scanner.name),
        error => console.log(error.code + ': ' + error.message)
      )
    }`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd, encoding: 'utf8' })
  return output.trimEnd().split('\n')
}

const FILES: readonly (readonly [name: string, text: string, outcome: RegExp])[] = [
  ['plain.js', "export default () => ({ name: 'plain', channels: [] })", /^loaded plain$/],
  ['class.js', "export default class { name = 'class'; channels = ['trade'] }", /^loaded class$/],
  ['types.ts', "export default (): object => ({ name: 'types', channels: [] })", /^loaded types$/],
  ['common.cjs', "module.exports = () => ({ name: 'common', channels: [] })", /^loaded common$/],
  ['broken.ts', 'export default ( => 1', /^scanner: cannot load .*: Expression expected \(broken\.ts:1:18\)$/],
  ['enum.ts', 'enum Kind { a }', /cannot load .*: TypeScript enum is not supported .*\(enum\.ts:1:1\)$/],
  ['stuck.mjs', 'await new Promise(() => {})', /cannot load .*: an await at its top level never ends$/],
  ['rejecting.mjs', "await Promise.reject(new Error('two\\nlines'))", /cannot load .*: two lines$/],
  ['nothing.js', 'export const a = 1', /has no default export that builds a scanner/],
  ['number.js', 'export default () => 1', /builds no scanner: 1 is no scanner/],
  ['waiting.js', 'export default async () => { throw new Error() }', /with a promise: leave out async/],
  ['throwing.js', 'export default () => { throw Object.create(null) }', /threw .*: a value without text$/],
  ['timer.js', "export default () => ({ name: 'a', channels: [], timerEvery: 0 })", /timerEvery is 0: give/],
  ['channel.js', "export default () => ({ name: 'a', channels: ['trades'] })", /there is no channel trades/],
  ['common.cts', 'export default () => 1', /^usage: .*name it \.ts$/]
]

describe('loading a scanner', () => {
  it('takes what builds one, and says of anything else what is wrong with it', () => {
    const folder = temporaryFolder()
    for (const [name, text] of FILES) writeFileSync(join(folder, name), text)
    const outcomes = outcomesOf(
      FILES.map(([name]) => name),
      folder
    )
    expect(outcomes).toEqual(FILES.map(([, , outcome]) => expect.stringMatching(outcome)))
  })

  it('lists the built-in scanners to who asks for another', () => {
    expect(outcomesOf(['movers', 'moovers', 'mine', './none.ts'], temporaryFolder())).toEqual([
      'loaded movers',
      expect.stringMatching(/^usage: unknown scanner moovers, did you mean movers\? there are movers, opportunities/),
      expect.stringMatching(/^usage: unknown scanner mine: there are movers, opportunities.*, or give the path/),
      expect.stringMatching(/^usage: no scanner file .*none\.ts$/)
    ])
  })
})
