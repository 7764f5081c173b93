/**
 * Remembers the latest trade ids. A trade arrives twice where two recorders are merged and after a resubscription; the
 * two lie close together, so a bounded memory does: two sets, the older of which is dropped when the younger is full.
 */
export class RecentTrades {
  readonly #size: number
  #younger = new Set<string>()
  #older: ReadonlySet<string> = new Set()

  /** Remembers at least the latest `size` ids. */
  constructor(size = 4096) {
    this.#size = size
  }

  /** False where the id is known already. */
  add(id: string): boolean {
    if (this.#younger.has(id) || this.#older.has(id)) return false
    if (this.#younger.size === this.#size) {
      this.#older = this.#younger
      this.#younger = new Set()
    }
    this.#younger.add(id)
    return true
  }
}
