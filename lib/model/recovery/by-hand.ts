import type { ComputeConfig } from './compute-config';
import type { DataConfig, RestoredConfig } from './data-config';
import { instanceName, restoredAs } from './derived-names';
import { RECOVERY_METRICS } from './names';
import type { RunbookSite } from './render-runbook';

/** The commands that make a site active, in the order of the steps of its machine. */
export function commandsFor({ config, records }: RunbookSite): readonly string[] {
  const { site, home, recovery, data, compute, traffic } = config;
  const inOrder = <T extends { readonly order: number }>(items: readonly T[]) => [...items].sort((one, other) => one.order - other.order);
  const latch = site === home ? RECOVERY_METRICS.reclaimed : RECOVERY_METRICS.diverted;
  const turn =
    traffic.kind === 'latch'
      ? [
          `# leads ${records.join(', ')} here; repeat it every minute as long as it has to hold`,
          `aws cloudwatch put-metric-data --region ${site} --namespace ${RECOVERY_METRICS.namespace} --metric-name ${latch} --value 1 --dimensions Recovery=${recovery},Site=${site}`,
        ]
      : traffic.kind === 'routing-control'
        ? traffic.endpoints.slice(0, 1).map(
            ({ url, region }) =>
              `aws route53-recovery-cluster update-routing-control-states --region ${region} --endpoint-url ${url} --update-routing-control-state-entries '${JSON.stringify(
                Object.entries(traffic.controls).map(([at, arn]) => ({
                  RoutingControlArn: arn,
                  RoutingControlState: at === site ? 'On' : 'Off',
                })),
              )}'`,
          )
        : ['# lead requests here by whatever leads them'];
  return [...inOrder(data).map((item) => promote(site, item)), ...inOrder(compute).map((item) => scale(site, item)), ...turn];
}

function promote(region: string, item: DataConfig): string {
  switch (item.kind) {
    case 'rds-replica':
      return `aws rds promote-read-replica --region ${region} --db-instance-identifier ${item.instance}`;
    case 'aurora-global':
      return `aws rds failover-global-cluster --region ${region} --global-cluster-identifier ${item.globalCluster} --target-db-cluster-identifier ${item.clusterArn} --allow-data-loss`;
    case 'efs':
      return [
        '# leave the last option out where the other Region answers: both halves of the replication go then',
        `aws efs delete-replication-configuration --region ${region} --source-file-system-id <file system of the other site> --deletion-mode LOCAL_CONFIGURATION_ONLY`,
      ].join('\n');
    case 'recovery-points':
      return restore(region, item);
    default:
      return `# ${item.name}: ${item.kind === 'bucket' ? item.bucket : item.table} takes writes at every site`;
  }
}

/** Types that answer at an address. */
const WITH_ADDRESS = ['RDS', 'Aurora', 'DocumentDB', 'Neptune'];

/** Restores the newest recovery point as the machine would, and tells the application where. */
function restore(
  region: string,
  { name, vault, sourceArn, resourceType, roleArn, identifier, instance, metadata, parameterPath }: RestoredConfig,
): string {
  const own = JSON.stringify({ ...metadata, ...restoredAs(resourceType, identifier) });
  const told = ['arn', 'id', ...(WITH_ADDRESS.includes(resourceType) ? ['address', 'port'] : [])];
  return [
    `# ${name}: the newest recovery point, with what it was made with and what is different here`,
    ...(sourceArn === undefined
      ? [`# of the only ${resourceType} of the vault; where there are several, give --by-resource-arn and the ARN of the one meant`]
      : []),
    `POINT=$(aws backup list-recovery-points-by-backup-vault --region ${region} --backup-vault-name ${vault} ${sourceArn === undefined ? `--by-resource-type ${resourceType}` : `--by-resource-arn ${sourceArn}`} \\`,
    // as JSON, because the command line asks each page alone where it prints text
    '  --query \'sort_by(RecoveryPoints[?Status==`"COMPLETED"` || Status==`"AVAILABLE"`], &CreationDate)[-1].RecoveryPointArn\' --output json | tr -d \'"\')',
    `METADATA=$(aws backup get-recovery-point-restore-metadata --region ${region} --backup-vault-name ${vault} --recovery-point-arn "$POINT" \\`,
    `  --query 'merge(RestoreMetadata, \`${own}\`)' --output json)`,
    `aws backup start-restore-job --region ${region} --resource-type ${resourceType} --recovery-point-arn "$POINT" --iam-role-arn ${roleArn} --metadata "$METADATA"`,
    `# once \`aws backup list-restore-jobs --region ${region}\` says COMPLETED${instance ? ', a cluster has no instance yet; then' : ''}: what the application looks up`,
    ...(instance
      ? [
          `aws rds create-db-instance --region ${region} --db-instance-identifier ${instanceName(identifier)} --db-cluster-identifier ${identifier} --db-instance-class ${instance.instanceClass} --engine ${instance.engine}`,
        ]
      : []),
    ...told.map(
      (each) => `aws ssm put-parameter --region ${region} --overwrite --type String --name ${parameterPath}/${each} --value <its ${each}>`,
    ),
  ].join('\n');
}

function scale(region: string, item: ComputeConfig): string {
  switch (item.kind) {
    case 'ecs':
      return `aws ecs update-service --region ${region} --cluster ${item.cluster} --service ${item.service} --desired-count ${item.full}`;
    case 'asg':
      return `aws autoscaling update-auto-scaling-group --region ${region} --auto-scaling-group-name ${item.group} --min-size ${item.full} --desired-capacity ${item.full} --max-size ${item.max}`;
    case 'lambda':
      return `aws lambda put-provisioned-concurrency-config --region ${region} --function-name ${item.functionName} --qualifier ${item.alias} --provisioned-concurrent-executions ${item.full}`;
  }
}
