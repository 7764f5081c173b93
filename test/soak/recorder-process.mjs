import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { peakMegabytes } from './exchange-process.mjs'

/** `kws record --json`, and what it has told. */
export class RecorderProcess {
  name
  directory
  /** Objects of its standard output. */
  told = []
  exitCode
  peak
  #child
  #exited

  /** `command` is what the process is started with; by default Node alone. */
  constructor(name, directory, flags, { command = [process.execPath], env = process.env } = {}) {
    this.name = name
    this.directory = directory
    const [program, ...before] = command
    const args = [
      ...before,
      resolve('bin/kws'),
      'record',
      `--out=${directory}`,
      '--json',
      '--log-level=error',
      ...flags
    ]
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    process.on('exit', () => this.#child.kill('SIGKILL'))
    this.#exited = once(this.#child, 'exit').then(([code, signal]) => (this.exitCode = code ?? signal))
    createInterface({ input: this.#child.stdout }).on('line', line => this.told.push(JSON.parse(line)))
  }

  get isRunning() {
    return this.exitCode === undefined
  }

  tellingOf(type) {
    return this.told.filter(event => event.type === type)
  }

  /** Stops the process as if the machine had stopped, and lets it go on. */
  freeze() {
    this.#child.kill('SIGSTOP')
  }

  thaw() {
    this.#child.kill('SIGCONT')
  }

  async stop() {
    this.peak = peakMegabytes(this.#child.pid)
    this.#child.kill('SIGINT')
    await this.#exited
  }
}
