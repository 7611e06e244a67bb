import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { namesOf, type SiteConfig, type WatchConfig } from '../../model/recovery';
import type { RecoverySite } from '../recovery-site';
import type { AgentParts } from './site-agent';
import { othersOf } from './site-plan';
import { SiteRecords } from './site-records';

/** What the agent of a site knows and may do. */
export function agentPartsOf(site: RecoverySite, drill?: SiteConfig['drill'], watch?: WatchConfig): AgentParts {
  const { _plan: plan, _orchestration: orchestration } = site;
  const { stack, names } = orchestration;
  const others = (name: string) =>
    site._others.map(({ region, _data }) => ({ region, name: _data.get(name)?.name, backups: _data.get(name)?.backups }));
  const data = [...site._data].map(([name, item]) => ({ ...item, at: { stack, others: others(name) } }));
  const compute = [...site._compute.values()];
  const config: SiteConfig = {
    version: 1,
    recovery: plan.recovery,
    site: plan.region,
    home: plan.home,
    peers: othersOf(plan).map((region) => ({ site: region, agent: namesOf(plan.recovery).agent })),
    strategy: plan.strategy,
    ...(plan.objective && { objective: plan.objective }),
    register: names.register,
    data: data.map((item) => item.config(item.at)),
    compute: compute.map((item) => item.config()),
    traffic: SiteRecords.configOf(site),
    probes: [...site._probes.map(({ _config }) => _config), ...site._checks],
    approval: { required: plan.asksPerson, timeoutMs: plan.approvalMs },
    evidence: {
      bucket: orchestration.evidence.bucket.bucketName,
      prefix: names.evidencePrefix,
      keyArn: orchestration.key.keyArn,
    },
    topicArn: orchestration.topic.topicArn,
    ...(drill && { drill }),
    ...(watch && { watch }),
  };
  return {
    config,
    statements: unique([...data.flatMap((item) => item.statements(item.at)), ...compute.flatMap((item) => item.statements(stack))]),
  };
}

/** Items of one kind ask for some of the same. */
function unique(statements: readonly PolicyStatement[]): PolicyStatement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement.toStatementJson()), statement])).values()];
}
