/** Why the keeper ends without a backup or a restore; what it was for tells its exit code. */
export type Stage = 'settings' | 'look' | 'tool' | 'verify' | 'publish';

/** Exit codes: 0 is kept for what is published, or restored and looked at. */
export const EXIT_CODES: Readonly<Record<Stage, number>> = { settings: 10, look: 20, tool: 30, verify: 40, publish: 50 };

/** An end that is expected to happen some day, in words for whoever has to act. */
export class Refused extends Error {
  public override readonly name = 'Refused';

  constructor(
    public readonly stage: Stage,
    message: string,
  ) {
    super(message);
  }
}
