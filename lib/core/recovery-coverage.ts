import type { IConstruct } from 'constructs';
import { ConfigurationError } from './private/errors';
import { resourceId } from './private/inventory';
import { RecoveryRecord } from './private/record';

/**
 * Which stateful resources of an application are protected: every one is protected, excluded with a reason, or listed as unprotected.
 *
 * @example
 * RecoveryCoverage.of(app).failOnUnprotected();
 * RecoveryCoverage.of(app).exclude(scratchBucket, 'rebuilt from source every night');
 */
export class RecoveryCoverage {
  /** The coverage of the app or stage that `scope` is in, with the stages inside it that say nothing else. */
  public static of(scope: IConstruct): RecoveryCoverage {
    return new RecoveryCoverage(RecoveryRecord.of(scope));
  }

  private constructor(private readonly record: RecoveryRecord) {}

  /** Leaves a resource out on purpose; the report shows the reason. Throws `ExclusionWithoutReason` for an empty one. */
  public exclude(resource: IConstruct, reason: string): void {
    if (reason.trim() === '') {
      throw new ConfigurationError(
        'ExclusionWithoutReason',
        "'reason' is empty: say why this resource needs no protection, the report shows it",
        resource,
      );
    }
    const fact = { kind: 'exclusion', resource: resourceId(resource), by: resource.node.path, reason } as const;
    RecoveryRecord.of(resource).add({ owner: resource, facts: () => [fact] });
  }

  /** Fails the synth for every unprotected resource, instead of a warning. */
  public failOnUnprotected(): void {
    this.record.unprotected = 'error';
  }

  /** Says nothing about unprotected resources; the report still lists them. */
  public ignoreUnprotected(): void {
    this.record.unprotected = 'ignore';
  }

  /** Keeps the report out of the terminal; the files beside the templates are written all the same. */
  public printNothing(): void {
    this.record.printed = false;
  }
}
