import type { RunRecord, StepRequest } from '../../model/recovery';

/** What went wrong, in words: the steps that have failed, and what Step Functions says. */
export function problemIn({ steps }: Pick<RunRecord, 'steps'>, failure: StepRequest['failure']): string {
  const failed = Object.entries(steps)
    .filter(([, { state }]) => state === 'failed')
    .map(([step, { words }]) => `${step}: ${words}`);
  const said = [failure?.Error, messageIn(failure?.Cause)].filter(Boolean).join(': ');
  return (
    [...failed, ...(said && (failed.length === 0 || failure?.Error !== 'StepFailed') ? [said] : [])].join('; ') || 'nobody has said why'
  );
}

/** The message of an error of a Lambda function, which arrives as JSON. */
function messageIn(cause: string | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '');
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
