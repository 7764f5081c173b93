import type { Clock } from '../core/clock.ts'
import type { LiveFeed } from '../live/live-feed.ts'
import { formatTable } from '../sink/text-table.ts'
import { KEY, onKeys } from './keys.ts'
import type { ScanPipeline } from './scan-pipeline.ts'
import { Screen } from './screen.ts'
import { describeMarkets, TableView } from './table-view.ts'
import { perSecond } from './text.ts'

const HELP = 's sorts  / filters  space pauses  q quits'
/** Rows asked of a scanner where some of them are filtered out afterwards. */
const ROWS_MAX = 10_000

export interface ScanScreenOptions {
  readonly feed: LiveFeed
  readonly clock: Clock
  readonly top: number
  readonly intervalSeconds: number
  readonly quit: () => void
}

/** The tables of a live scan, redrawn in place, with keys to sort, filter and pause. Returns what gives the terminal back. */
export function showScan(scan: ScanPipeline, options: ScanScreenOptions): () => void {
  const screen = new ScanScreen(scan, options)
  screen.open()
  return () => screen.close()
}

class ScanScreen {
  readonly #scan: ScanPipeline
  readonly #options: ScanScreenOptions
  readonly #screen = new Screen()
  readonly #view = new TableView()
  readonly #over = new AbortController()
  #releaseKeys: () => void = () => {}
  #isPaused = false
  /** What has been typed of a filter that is not yet entered. */
  #typed: string | null = null
  /** Frames a second since the last drawing. */
  #pace = '-'

  constructor(scan: ScanPipeline, options: ScanScreenOptions) {
    this.#scan = scan
    this.#options = options
  }

  open(): void {
    this.#releaseKeys = onKeys(key => this.#press(key))
    void this.#redraw()
  }

  close(): void {
    this.#over.abort()
    this.#releaseKeys()
    this.#screen.clear()
  }

  #press(key: string): void {
    if (key === KEY.ctrlC) this.#options.quit()
    else if (this.#typed !== null) this.#type(key, this.#typed)
    else if (key === 'q') this.#options.quit()
    else if (key === 's') this.#sort()
    else if (key === '/') this.#typed = ''
    else if (key === KEY.space) this.#isPaused = !this.#isPaused
    this.#draw()
  }

  #type(key: string, typed: string): void {
    if (key === KEY.escape) this.#typed = null
    else if (key === KEY.enter) {
      this.#view.setFilter(typed)
      this.#typed = null
    } else if (key === KEY.backspace) this.#typed = typed.slice(0, -1)
    else if (/^[ -~]+$/.test(key)) this.#typed = typed + key
  }

  #sort(): void {
    const [first] = this.#tables()
    if (first !== undefined) this.#view.sortByNext(first.table)
  }

  async #redraw(): Promise<void> {
    const { clock, intervalSeconds } = this.#options
    let before = { frames: this.#scan.pipeline.frames, at: clock.monotonic() }
    while (!this.#over.signal.aborted) {
      if (!this.#isPaused) this.#draw()
      await clock.sleep(intervalSeconds * 1000, this.#over.signal)
      const after = { frames: this.#scan.pipeline.frames, at: clock.monotonic() }
      this.#pace = perSecond(after.frames - before.frames, Number(after.at - before.at) / 1e9)
      before = after
    }
  }

  #draw(): void {
    const { top } = this.#options
    const lines = this.#tables().flatMap(({ scanner, table }) => {
      const { columns, rows } = this.#view.apply(table)
      return [scanner, ...formatTable({ columns, rows: rows.slice(0, top) }), '']
    })
    this.#screen.draw([...lines, this.#status(), this.#typed === null ? HELP : `filter: ${this.#typed}_`])
  }

  #tables() {
    const { pipeline } = this.#scan
    const isWhole = this.#view.sortedBy === null && this.#view.filter === ''
    return pipeline
      .rank(isWhole ? this.#options.top : ROWS_MAX)
      .map(({ scanner, table }) => ({ scanner, table: describeMarkets(table, pipeline.tracker, pipeline.now) }))
  }

  #status(): string {
    const { pipeline, signals } = this.#scan
    const { feed } = this.#options
    const lag = pipeline.lag === null ? '' : `  lag ${Math.round(pipeline.lag / 1000)} ms`
    const { gaps, reconnects } = feed.counters
    const order = this.#view.sortedBy === null ? '' : `  by ${this.#view.sortedBy}`
    const filter = this.#view.filter === '' ? '' : `  with "${this.#view.filter}"`
    const paused = this.#isPaused ? '  paused' : ''
    return `${this.#pace} frames/s${lag}  ${signals.count} signals  gaps ${gaps}  reconnects ${reconnects}${order}${filter}${paused}`
  }
}
