/** Events in the order of time; of equal times the one added first comes first. */
export class EventQueue<E extends { readonly atMs: number }> {
  private readonly heap: { readonly event: E; readonly order: number }[] = [];
  private added = 0;

  public add(event: E): void {
    this.heap.push({ event, order: this.added++ });
    for (let child = this.heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) {
        return;
      }
      this.swap(child, parent);
      child = parent;
    }
  }

  public next(): E | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (!first || !last || this.heap.length === 0) {
      return first?.event;
    }
    this.heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const child = left + 1 < this.heap.length && this.before(left + 1, left) ? left + 1 : left;
      if (child >= this.heap.length || !this.before(child, parent)) {
        return first.event;
      }
      this.swap(child, parent);
      parent = child;
    }
  }

  private before(a: number, b: number): boolean {
    const { event: first, order: firstOrder } = this.heap[a];
    const { event: second, order: secondOrder } = this.heap[b];
    return first.atMs < second.atMs || (first.atMs === second.atMs && firstOrder < secondOrder);
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]];
  }
}
