const NEWLINE = 0x0a;

/** Tells lines from places in a flow, for a reader that counts bytes only. Places must be asked for in their order. */
export class LineCounter {
  /** Where the line breaks are that nobody has asked about yet. */
  #breaks: number[] = [];
  #passed = 0;
  /** The line that ends at or behind the place that was asked for last. */
  #line = 0;

  async *passing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1))
        this.#breaks.push(this.#passed + at);
      this.#passed += piece.length;
      yield piece;
    }
  }

  /** The line of the last byte before `place`; its line break belongs to it. */
  lastBefore(place: number): number {
    const next = this.#breaks.findIndex((at) => at >= place);
    const gone = this.#breaks.splice(0, next < 0 ? this.#breaks.length : next);
    this.#line += gone.length;
    return gone.at(-1) === place - 1 ? this.#line : this.#line + 1;
  }

  /** The line behind what was asked for last: where a reader that gives up is stuck. */
  get last(): number {
    return this.#line + 1;
  }
}
