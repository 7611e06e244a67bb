interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly go: () => void;
}

/** Time that passes only when everybody waits. */
export class VirtualTime {
  private nowMs = Date.parse('2026-11-23T00:00:00Z');
  private sequence = 0;
  /** A heap: who is woken next comes first, and nobody is woken before whoever stands at half the place. */
  private readonly waiting: Waiting[] = [];

  public now(): number {
    return this.nowMs;
  }

  public wait(ms: number): Promise<void> {
    return new Promise((go) => this.add({ atMs: this.nowMs + ms, order: this.sequence++, go }));
  }

  /** Wakes who waits, one after the other, until a moment; `seen` looks after each. */
  public async runUntil(atMs: number, seen: () => void): Promise<void> {
    while (this.waiting.length > 0 && this.waiting[0].atMs <= atMs) {
      const next = this.waiting[0];
      this.removeFirst();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.go();
      await new Promise((resolve) => setImmediate(resolve));
      seen();
    }
    this.nowMs = atMs;
  }

  private add(one: Waiting): void {
    const { waiting } = this;
    let place = waiting.push(one) - 1;
    while (place > 0 && isBefore(one, waiting[(place - 1) >> 1])) {
      waiting[place] = waiting[(place - 1) >> 1];
      place = (place - 1) >> 1;
    }
    waiting[place] = one;
  }

  private removeFirst(): void {
    const { waiting } = this;
    const last = waiting.pop() as Waiting;
    if (waiting.length === 0) {
      return;
    }
    let place = 0;
    for (;;) {
      let next = 2 * place + 1;
      if (next + 1 < waiting.length && isBefore(waiting[next + 1], waiting[next])) {
        next++;
      }
      if (next >= waiting.length || !isBefore(waiting[next], last)) {
        break;
      }
      waiting[place] = waiting[next];
      place = next;
    }
    waiting[place] = last;
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
