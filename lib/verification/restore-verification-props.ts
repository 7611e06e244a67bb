import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { AlarmActions } from '../core/alarm-actions';
import type { Protection } from '../protection/protection';
import type { EvidenceStore } from './evidence-store';
import type { IsolatedNetwork } from './isolated-network';
import type { RestoreMetadata } from './restore-metadata';
import type { RestoreTests } from './restore-tests';

/** Properties of a RestoreVerification. */
export interface RestoreVerificationProps {
  /** What is protected, with the checks that were given to `protect()`. */
  readonly protection: Protection;
  /**
   * How often restores are tested of what says nothing else; resources without checks are restored, too.
   * @default RestoreTests.weekly()
   */
  readonly tests?: RestoreTests;
  /**
   * How often the copies in the recovery Region are tested, there: with a network, functions and evidence of its own, which go on
   * while the Region of the data is gone.
   * @default - not at all
   */
  readonly copies?: RestoreTests;
  /**
   * Where databases and instances are restored to.
   * @default - a network of its own, where there are any
   */
  readonly network?: IsolatedNetwork;
  /**
   * Where evidence is kept.
   * @default - a locked bucket of its own
   */
  readonly evidence?: EvidenceStore;
  /**
   * What is restored differently from the original, once for each type, such as a smaller class of databases. The network is set already.
   * @default - as AWS Backup infers it
   */
  readonly metadata?: RestoreMetadata[];
  /**
   * The role that AWS Backup restores with.
   * @default - a role of the stack that may restore the types that are tested, and use the keys of the vault and of the resources
   */
  readonly restoreRole?: IRoleRef;
  /**
   * Class of the instance that a restored Aurora cluster is given.
   * @default 'db.t4g.medium'
   */
  readonly clusterInstanceClass?: string;
  /**
   * Who is told of alarms in the Region of the stack; goes before what the Protection says.
   * @default - whom `alarmActions` of the Protection names
   */
  readonly alarmActions?: AlarmActions;
  /**
   * Who is told of alarms where copies are tested; actions have to be of that Region. Goes before what the Protection says.
   * @default - whom `alarmActionsIn` of the Protection names for that Region
   */
  readonly alarmActionsOfCopies?: AlarmActions;
  /**
   * Whether those who are told of an alarm are told when it is over, too.
   * @default true
   */
  readonly tellWhenOver?: boolean;
  /**
   * How long the logs of the functions are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}
