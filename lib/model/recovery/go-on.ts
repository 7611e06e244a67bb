import { namesOf } from './names';
import type { RunInput } from './run';
import type { SiteConfig } from './site-config';

/**
 * The command that takes a run further: the id in the input is the same, but a name belongs to one execution for 90 days (Step Functions API
 * Reference: StartExecution).
 */
export function goOnCommand({ site, recovery, topicArn = '' }: SiteConfig, run: RunInput): string {
  const [, partition = '<partition>', , , account = '<account>'] = topicArn.split(':');
  return goOnAs({ site, recovery, partition, account }, run.id, JSON.stringify(run).replaceAll("'", "'\\''"));
}

/** The same with an input that somebody has to fill in. */
export function goOnAs(
  { site, recovery, partition, account }: Record<'site' | 'recovery' | 'partition' | 'account', string>,
  id: string,
  input: string,
): string {
  return (
    `aws stepfunctions start-execution --region ${site} --name "${id}-$(date +%H%M%S)" ` +
    `--state-machine-arn arn:${partition}:states:${site}:${account}:stateMachine:${namesOf(recovery).machine} --input '${input}'`
  );
}
