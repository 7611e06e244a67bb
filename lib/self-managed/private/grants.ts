import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { BackupRepository } from '../backup-repository';

/** What a command of the keeper may do in a repository. */
export interface Grant {
  readonly repository: BackupRepository;
  readonly source: string;
  /** Folders of tools that keep a repository of their own, such as `pgbackrest`. */
  readonly tools?: readonly string[];
}

/** Who makes backups writes them and reads what they build on; nothing lets it read old dumps or delete anything. */
export function backUpStatements({ repository, source, tools = [] }: Grant): PolicyStatement[] {
  const at = (path: string) => repository.bucket.arnForObjects(path);
  const own = tools.map((tool) => `${tool}/${source}`);
  return [
    allow(
      'WriteBackups',
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      [at(`data/${source}/*`), at(`manifests/${source}/*`), at(`locks/${source}.json`), ...own.map((path) => at(`${path}/*`))],
    ),
    allow(
      'ReadManifests',
      ['s3:GetObject'],
      [at(`manifests/${source}/*`), at(`locks/${source}.json`), ...own.map((path) => at(`${path}/*`))],
    ),
    list(repository, [`data/${source}/*`, `manifests/${source}/*`, ...own.flatMap((path) => [path, `${path}/*`])]),
    allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [repository.encryptionKey.keyArn]),
  ];
}

/** Who restores and verifies only reads. */
export function restoreStatements({ repository, source, tools = [] }: Grant): PolicyStatement[] {
  const paths = [`data/${source}`, `manifests/${source}`, ...tools.map((tool) => `${tool}/${source}`)];
  return [
    allow(
      'ReadBackups',
      ['s3:GetObject'],
      paths.map((path) => repository.bucket.arnForObjects(`${path}/*`)),
    ),
    list(
      repository,
      paths.flatMap((path) => [path, `${path}/*`]),
    ),
    allow('ReadWithKey', ['kms:Decrypt'], [repository.encryptionKey.keyArn]),
  ];
}

/** Who retires marks objects as deleted: nobody of ours may delete a version, so all can be brought back until the bucket ends them. */
export function retireStatements({ repository, source, tools = [] }: Grant): PolicyStatement[] {
  const at = (path: string) => repository.bucket.arnForObjects(path);
  const paths = [`data/${source}`, `manifests/${source}`, ...tools.map((tool) => `${tool}/${source}`)];
  const own = tools.map((tool) => at(`${tool}/${source}/*`));
  return [
    allow(
      'MarkDeleted',
      ['s3:DeleteObject'],
      paths.map((path) => at(`${path}/*`)),
    ),
    allow('ReadManifests', ['s3:GetObject'], [at(`manifests/${source}/*`), at(`locks/${source}.json`), ...own]),
    allow('WriteLock', ['s3:PutObject'], [at(`locks/${source}.json`), ...own]),
    list(
      repository,
      paths.flatMap((path) => [path, `${path}/*`]),
    ),
    allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [repository.encryptionKey.keyArn]),
  ];
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources });
}

function list({ bucket }: BackupRepository, prefixes: string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'ListBackups',
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': prefixes } },
  });
}
