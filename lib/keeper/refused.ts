/** Why the keeper ends without a backup or a restore; what it was for tells its exit code. */
export type Stage = 'settings' | 'look' | 'tool' | 'verify' | 'publish' | 'stopped';

/** Exit codes: 0 is kept for what is published, or restored and looked at, and 70 is an error that nobody has foreseen. */
export const EXIT_CODES: Readonly<Record<Stage | 'unforeseen', number>> = {
  settings: 10,
  look: 20,
  tool: 30,
  verify: 40,
  publish: 50,
  stopped: 60,
  unforeseen: 70,
};

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
