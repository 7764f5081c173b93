import type { ArmedFault, Next } from './armed-fault.ts'
import type { FrameText } from './frame-text.ts'
import type { Trigger } from './trigger.ts'

/** A fault that needs no frame to be done to; by chance, it comes after a frame. */
export class SuddenFault implements ArmedFault {
  readonly #trigger: Trigger
  readonly #act: () => void

  constructor(trigger: Trigger, act: () => void) {
    this.#trigger = trigger
    this.#act = act
  }

  get isSpent(): boolean {
    return this.#trigger.isSpent
  }

  fire(): void {
    this.#trigger.arm()
    this.#actIfPulled()
  }

  take(frame: FrameText, next: Next): void {
    next(frame)
    this.#actIfPulled()
  }

  end(): void {}

  #actIfPulled(): void {
    if (this.#trigger.pulls()) this.#act()
  }
}
