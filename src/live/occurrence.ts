/** Something that happens once. */
export class Occurrence {
  readonly promise: Promise<void>
  resolve: () => void = () => {}

  constructor() {
    this.promise = new Promise(resolve => {
      this.resolve = resolve
    })
  }
}
