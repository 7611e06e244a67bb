/** Time that passes only when everybody waits. */
export class VirtualTime {
  private nowMs = Date.parse('2026-11-23T00:00:00Z');
  private sequence = 0;
  private readonly waiting: { readonly atMs: number; readonly order: number; readonly go: () => void }[] = [];

  public now(): number {
    return this.nowMs;
  }

  public wait(ms: number): Promise<void> {
    return new Promise((go) => {
      this.waiting.push({ atMs: this.nowMs + ms, order: this.sequence++, go });
    });
  }

  /** Wakes who waits, one after the other, until a moment; `seen` looks after each. */
  public async runUntil(atMs: number, seen: () => void): Promise<void> {
    for (;;) {
      let first = -1;
      for (let index = 0; index < this.waiting.length; index++) {
        const [one, other] = [this.waiting[index], this.waiting[first]];
        if (first < 0 || one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)) {
          first = index;
        }
      }
      if (first < 0 || this.waiting[first].atMs > atMs) {
        this.nowMs = atMs;
        return;
      }
      const [next] = this.waiting.splice(first, 1);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.go();
      await new Promise((resolve) => setImmediate(resolve));
      seen();
    }
  }
}
