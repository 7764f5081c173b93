import type { Channel } from '../../protocol/channels.ts'
import type { FrameLink } from '../frame-link.ts'
import type { DataEnvelope, Publication } from '../publication.ts'
import { onOtherLeg } from './other-leg.ts'
import { RecordedFrame } from './recorded-frame.ts'

/** A recorded frame on its way to the sessions. One object is used for one frame after the other. */
export class RecordedPublication implements Publication {
  readonly frame = new RecordedFrame()
  channel: Channel = 'ticker'
  /** Whether the NO prices were recorded on the YES leg. */
  usesYesPrice = false

  get type(): string {
    return this.frame.type
  }

  get subject(): string | undefined {
    return this.frame.subject
  }

  get isSequenced(): boolean {
    return this.frame.seq !== undefined
  }

  send(link: FrameLink, { sid, seq }: DataEnvelope, useYesPrice: boolean): void {
    const isAsRecorded = useYesPrice === this.usesYesPrice || this.channel !== 'orderbook_delta'
    const converted = isAsRecorded ? undefined : onOtherLeg(this.frame.recordedText(), sid, seq)
    if (converted === undefined) link.sendRecorded(this.frame, sid, seq)
    else link.send(converted)
  }
}
