import { spawnSync } from 'node:child_process';
import type { RestoredConfig } from '../../../lib/model/recovery';
import { commandsFor } from '../../../lib/model/recovery/by-hand';
import { OSAKA, siteConfig, TOKYO } from './sites';

test('a file system is made writeable by hand without the Region that is lost', () => {
  const config = siteConfig(OSAKA, { data: [{ kind: 'efs', name: 'files', order: 1, fileSystem: 'fs-own' }] });
  expect(commandsFor({ config, records: [], account: '111122223333', partition: 'aws', isActive: false, alarms: [] })[0]).toMatch(
    /^# leave .*\naws efs delete-replication-configuration --region ap-northeast-3 .*--deletion-mode LOCAL_CONFIGURATION_ONLY$/,
  );
});

describe('a restore by hand', () => {
  const RESTORED: RestoredConfig = {
    kind: 'recovery-points',
    name: 'orders',
    order: 1,
    vault: 'orders-vault',
    resourceType: 'RDS',
    sourceArn: `arn:aws:rds:${TOKYO}:111122223333:db:orders`,
    roleArn: 'arn:aws:iam::111122223333:role/restore',
    identifier: 'orders',
    metadata: { MultiAZ: 'false' },
    parameterPath: '/Orders/recovery/orders',
  };
  const scriptOf = (more: Partial<RestoredConfig> = {}) => {
    const config = siteConfig(OSAKA, { data: [{ ...RESTORED, ...more }] });
    return commandsFor({ config, records: [], account: '111122223333', partition: 'aws', isActive: false, alarms: [] })[0];
  };

  test('starts the job that the machine would start, when it is pasted into a shell', () => {
    const aws = [
      'aws() {',
      '  case "$2" in',
      `    list-recovery-points-by-backup-vault) echo '"arn:point"' ;;`,
      `    get-recovery-point-restore-metadata) case "$*" in *'merge(RestoreMetadata, \`{"MultiAZ":"false","DBInstanceIdentifier":"orders"}\`)'*) echo '{"merged": "yes"}' ;; esac ;;`,
      '    *) printf "%s|" "$@"; echo ;;',
      '  esac',
      '}',
    ];
    const pasted = scriptOf().replace(/<its (\w+)>/g, 'told-$1');
    const { stdout, status } = spawnSync('bash', ['-eu'], { input: [...aws, pasted].join('\n'), encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(
      `backup|start-restore-job|--region|${OSAKA}|--resource-type|RDS|--recovery-point-arn|arn:point|--iam-role-arn|arn:aws:iam::111122223333:role/restore|--metadata|{"merged": "yes"}|`,
    );
    const told = [...stdout.matchAll(/ssm\|put-parameter\|.*\|--name\|(.+)\|--value\|(.+)\|/g)].map(([, name, value]) => [name, value]);
    expect(told).toEqual(['arn', 'id', 'address', 'port'].map((each) => [`/Orders/recovery/orders/${each}`, `told-${each}`]));
  });

  test('gives a cluster its instance, and looks up no address of a table', () => {
    const cluster = scriptOf({ resourceType: 'Aurora', instance: { instanceClass: 'db.r7g.large', engine: 'aurora-postgresql' } });
    expect(cluster).toContain('"DBClusterIdentifier":"orders"');
    expect(cluster).toContain(
      'create-db-instance --region ap-northeast-3 --db-instance-identifier orders-1 --db-cluster-identifier orders --db-instance-class db.r7g.large --engine aurora-postgresql',
    );
    const table = scriptOf({ resourceType: 'DynamoDB' });
    expect(table).toContain('"targetTableName":"orders"');
    expect(table).not.toMatch(/\/address|create-db-instance/);
    expect(scriptOf({ resourceType: 'EFS', metadata: {} })).toContain('merge(RestoreMetadata, `{}`)');
    const { sourceArn: _, ...untold } = RESTORED;
    const learned = siteConfig(OSAKA, { data: [{ ...untold, resourceType: 'EFS', learnsSource: true }] });
    const [script] = commandsFor({ config: learned, records: [], account: '111122223333', partition: 'aws', isActive: false, alarms: [] });
    expect(script).toContain('--backup-vault-name orders-vault --by-resource-type EFS ');
  });
});
