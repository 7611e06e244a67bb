import type { ZoneFact } from '../facts';
import { MINUTE } from '../time';
import type { Abilities, ContinuousAbility, ResourceType } from './types';

const TABLE = 'AWS Backup Developer Guide: feature availability by resource';
const READ_ON = '2026-11-23';

const BACKUP = 'service-role/AWSBackupServiceRolePolicyForBackup';
const RESTORES = 'service-role/AWSBackupServiceRolePolicyForRestores';
const S3_BACKUP = 'AWSBackupServiceRolePolicyForS3Backup';
const S3_RESTORE = 'AWSBackupServiceRolePolicyForS3Restore';

const SPREAD: ZoneFact = { kind: 'spread', words: 'data in several zones', failoverMs: 0 };
// Without a reader in another zone the writer is made anew, which takes longest.
const SHARED_STORAGE: ZoneFact = { kind: 'spread', words: 'storage in several zones', failoverMs: 10 * MINUTE, basis: 'estimated' };
const SINGLE: ZoneFact = { kind: 'single', words: 'data in one zone' };
const UNKNOWN: ZoneFact = { kind: 'unknown', words: 'zones not known' };

const RDS_LOG: ContinuousAbility = { by: 'AWS Backup', lagMs: 5 * MINUTE, basis: 'documented' };
const S3_EVENTS: ContinuousAbility = { by: 'AWS Backup', lagMs: 15 * MINUTE, basis: 'documented' };
const OWN_LOG: ContinuousAbility = { by: 'service', lagMs: 5 * MINUTE, basis: 'estimated' };

type Ability = 'copyRegion' | 'copyAccount' | 'incremental' | 'fullyManaged' | 'cold' | 'itemRestore' | 'airGapped';

type Rest = Partial<
  Pick<Abilities, 'continuous' | 'restoreTesting' | 'optIn' | 'zones' | 'confidence' | 'backupPolicies' | 'restorePolicies'>
>;

function protectable(can: readonly Ability[], rest: Rest = {}): Abilities {
  const able = (ability: Ability) => can.includes(ability);
  return {
    awsBackup: true,
    copyRegion: able('copyRegion'),
    copyAccount: able('copyAccount'),
    incremental: able('incremental'),
    fullyManaged: able('fullyManaged'),
    cold: able('cold'),
    itemRestore: able('itemRestore'),
    airGapped: able('airGapped'),
    optIn: 'arn',
    backupPolicies: [BACKUP],
    restorePolicies: [RESTORES],
    zones: UNKNOWN,
    source: TABLE,
    readOn: READ_ON,
    confidence: 'documentation',
    ...rest,
  };
}

function unsupported(zones: ZoneFact, continuous?: ContinuousAbility): Abilities {
  return {
    ...protectable([]),
    awsBackup: false,
    continuous,
    backupPolicies: [],
    restorePolicies: [],
    zones,
    source: `${TABLE} (not listed there)`,
    confidence: 'unconfirmed',
  };
}

const COPY: readonly Ability[] = ['copyRegion', 'copyAccount'];
const FSX: Rest = { restoreTesting: 'FSx', optIn: 'always' };

const ABILITIES: Readonly<Record<ResourceType, Abilities>> = {
  RDS: protectable([...COPY, 'incremental'], { continuous: RDS_LOG, restoreTesting: 'RDS' }),
  RDSCluster: protectable(['incremental'], {
    restoreTesting: 'RDS',
    optIn: 'always',
    zones: { kind: 'standby', words: 'Multi-AZ cluster', failoverMs: 35_000 },
  }),
  Aurora: protectable([...COPY, 'incremental', 'airGapped'], {
    continuous: RDS_LOG,
    restoreTesting: 'Aurora',
    optIn: 'always',
    zones: SHARED_STORAGE,
  }),
  AuroraDSQL: protectable([...COPY, 'fullyManaged', 'cold', 'airGapped'], { zones: SPREAD }),
  DynamoDB: protectable([...COPY, 'fullyManaged', 'cold', 'airGapped'], { continuous: OWN_LOG, restoreTesting: 'DynamoDB', zones: SPREAD }),
  S3: protectable([...COPY, 'incremental', 'fullyManaged', 'itemRestore', 'airGapped'], {
    continuous: S3_EVENTS,
    restoreTesting: 'S3',
    zones: SPREAD,
    backupPolicies: [S3_BACKUP],
    restorePolicies: [S3_RESTORE],
  }),
  EBS: protectable([...COPY, 'incremental', 'cold', 'itemRestore', 'airGapped'], { restoreTesting: 'EBS', zones: SINGLE }),
  EC2: protectable([...COPY, 'incremental', 'airGapped'], { restoreTesting: 'EC2', zones: SINGLE }),
  EFS: protectable([...COPY, 'incremental', 'fullyManaged', 'cold', 'itemRestore', 'airGapped'], { restoreTesting: 'EFS', zones: SPREAD }),
  FSxLustre: protectable([...COPY, 'incremental', 'airGapped'], { ...FSX, zones: SINGLE }),
  FSxWindows: protectable([...COPY, 'incremental', 'airGapped'], FSX),
  FSxONTAP: protectable(['incremental'], FSX),
  FSxOpenZFS: protectable([...COPY, 'incremental'], FSX),
  DocumentDB: protectable([...COPY, 'airGapped'], { restoreTesting: 'DocumentDB', optIn: 'always', zones: SHARED_STORAGE }),
  Neptune: protectable([...COPY, 'airGapped'], { restoreTesting: 'Neptune', optIn: 'always', zones: SHARED_STORAGE }),
  Redshift: protectable([]),
  RedshiftServerless: protectable([], { zones: SPREAD, confidence: 'unconfirmed' }),
  Timestream: protectable([...COPY, 'fullyManaged', 'cold'], { zones: SPREAD }),
  EKS: protectable([...COPY, 'fullyManaged', 'itemRestore', 'airGapped'], { zones: SPREAD }),
  StorageGateway: protectable(COPY, { confidence: 'unconfirmed' }),
  ElastiCache: unsupported(UNKNOWN),
  MemoryDB: unsupported(UNKNOWN),
  OpenSearch: unsupported(UNKNOWN),
  OpenSearchServerless: unsupported(UNKNOWN),
  MSK: unsupported(UNKNOWN),
  Keyspaces: unsupported(SPREAD, OWN_LOG),
  Cognito: unsupported(SPREAD),
  CodeCommit: unsupported(SPREAD),
  DirectoryService: unsupported(UNKNOWN),
  DocumentDBElastic: unsupported(UNKNOWN),
  NeptuneAnalytics: unsupported(UNKNOWN),
  TimestreamInfluxDB: unsupported(UNKNOWN),
  S3DirectoryBucket: unsupported(SINGLE),
  S3Tables: unsupported(SPREAD),
  S3Vectors: unsupported(SPREAD),
  Lightsail: unsupported(UNKNOWN),
  HealthLake: unsupported(SPREAD),
  SelfManaged: unsupported(UNKNOWN),
};

/** Every resource type, in the order of the table. */
export const RESOURCE_TYPES = Object.keys(ABILITIES) as readonly ResourceType[];

/** What AWS Backup and the service itself can do for a type. */
export function abilitiesOf(type: ResourceType): Abilities {
  return ABILITIES[type];
}
