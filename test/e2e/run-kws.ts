import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Run {
  readonly child: ChildProcess
  readonly finished: Promise<Outcome>
  /** Resolves when standard error holds the text. */
  said(text: string): Promise<void>
  /** Resolves when what has been printed is enough, or the run has ended. */
  printed(isEnough: (stdout: string, stderr: string) => boolean): Promise<void>
}

interface Setting {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** A file or device that takes standard output. */
  readonly stdout?: string
}

/** Starts `bin/kws` as a user does, in a folder where it finds no `.env` and with no credentials but those given. */
export function startKws(args: readonly string[], { cwd = tmpdir(), env = {}, stdout: file }: Setting = {}): Run {
  const child = spawn(process.execPath, [resolve('bin/kws'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', file === undefined ? 'pipe' : openSync(file, 'w'), 'pipe']
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()))
  const finished = new Promise<Outcome>(done => {
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }))
  })
  const said = async (text: string) => {
    while (!stderr.includes(text)) {
      const more = new Promise(seen => child.stderr?.once('data', seen))
      const outcome = await Promise.race([more, finished])
      if (typeof outcome === 'object' && outcome !== null && 'stderr' in outcome && !stderr.includes(text)) {
        throw new Error(`kws ended without saying "${text}": ${stderr}`)
      }
    }
  }
  const printed = async (isEnough: (stdout: string, stderr: string) => boolean) => {
    let next: unknown
    while (next !== 'over' && !isEnough(stdout, stderr)) {
      const more = new Promise(seen => child.stdout?.once('data', seen))
      next = await Promise.race([more, finished.then(() => 'over')])
    }
  }
  return { child, finished, said, printed }
}

export async function runKws(args: readonly string[], setting?: Setting): Promise<Outcome> {
  return await startKws(args, setting).finished
}

export function linesOf<Line>(text: string): Line[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
}
