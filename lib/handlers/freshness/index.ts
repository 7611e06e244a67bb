import { CONFIG_VARIABLE, type FreshnessConfig } from '../../model/freshness';
import { backupPorts } from './aws-backup';
import { AwsClients, type Patience } from './aws-clients';
import { databasePorts } from './aws-databases';
import { tablePorts } from './aws-tables';
import { tagPorts } from './aws-tags';
import { judgeFreshness } from './judge-freshness';

/** The part of Lambda's context that the function needs. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Where and when a run looks, and how patiently. */
export interface LookOptions {
  readonly region: string;
  readonly now: () => number;
  readonly remainingMs: number;
  readonly patience: Patience;
  readonly write: (line: string) => void;
}

/** What is left of the time when looking ends, so that what is known can still be published. */
const RESERVE_MS = 15_000;

/** Half a minute of throttling is waited for, with jitter, before a Region is called unknown. */
const PATIENCE: Patience = { maxAttempts: 8, requestTimeoutMs: 20_000 };

/** Runs on a schedule; the event says nothing. */
export async function handler(_event: unknown, context: LambdaContext): Promise<void> {
  const config: FreshnessConfig = JSON.parse(process.env[CONFIG_VARIABLE] ?? '');
  await look(config, {
    region: process.env.AWS_REGION ?? '',
    now: () => Date.now(),
    remainingMs: context.getRemainingTimeInMillis(),
    patience: PATIENCE,
    // the console of Lambda would put words before the line, and CloudWatch would find no metrics in it
    write: (line) => process.stdout.write(`${line}\n`),
  });
}

/** Judges with the AWS SDK, until shortly before the time is over. */
export async function look(config: FreshnessConfig, { region, now, remainingMs, patience, write }: LookOptions): Promise<void> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), remainingMs - RESERVE_MS);
  try {
    const clients = new AwsClients(patience, deadline.signal);
    await judgeFreshness(config, {
      region,
      now,
      ...backupPorts(clients),
      ...databasePorts(clients),
      ...tablePorts(clients),
      ...tagPorts(clients),
      write,
    });
  } finally {
    clearTimeout(timer);
  }
}
