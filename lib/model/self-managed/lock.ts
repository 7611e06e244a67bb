/** Who makes a backup of a source at present; one at a time. */
export interface Lock {
  readonly owner: string;
  /** From then on the owner is taken for dead. 0 where nobody holds it. */
  readonly expiresMs: number;
}

/** How long a lock holds unless it is renewed, which is done every third of that. */
export const LOCK_MS = 5 * 60_000;

/** What is to be done about a lock that was found. */
export type LockAnswer = { readonly take: Lock } | { readonly heldBy: Lock };

/**
 * Takes a lock that is free, one's own, expired, or of an owner that is known to be dead. Clocks may differ by some seconds, so an expired
 * one is left for a moment.
 */
export function takeLock(
  found: Lock | undefined,
  owner: string,
  nowMs: number,
  isDead: (owner: string) => boolean = () => false,
): LockAnswer {
  const isFree = found === undefined || found.owner === owner || found.expiresMs + CLOCKS_MS <= nowMs || isDead(found.owner);
  return isFree ? { take: { owner, expiresMs: nowMs + LOCK_MS } } : { heldBy: found };
}

/** What is written when the work is over. */
export function freed(owner: string): Lock {
  return { owner, expiresMs: 0 };
}

const CLOCKS_MS = 10_000;
