import { Template } from 'aws-cdk-lib/assertions';
import { type DisasterRecoveryProps, RecoveryStrategy } from '../../lib';
import { OSAKA, twoSites } from './sites';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** All resources of the application and of what recovers it, by stack and logical id; assets and exports aside. */
function resourcesOf(props: Partial<DisasterRecoveryProps>): ReadonlyMap<string, Resource> {
  const key = JSON.stringify(props);
  const made = known.get(key) ?? synthesised(props);
  known.set(key, made);
  return made;
}

const known = new Map<string, ReadonlyMap<string, Resource>>();

function synthesised(props: Partial<DisasterRecoveryProps>): ReadonlyMap<string, Resource> {
  const sites = twoSites(props);
  sites.tokyo.route();
  sites.osaka.route();
  sites.recovery.drill();
  const stacks = [sites.tokyo, sites.osaka, ...sites.recovery.sites.map(({ _stack }) => _stack)];
  return new Map(
    stacks.flatMap((stack) =>
      Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>).map(
        ([id, resource]) => [`${stack.stackName} ${resource.Type} ${id}`, resource] as const,
      ),
    ),
  );
}

/** What is made, removed or changed between two states of the code. */
function changes(from: ReadonlyMap<string, Resource>, to: ReadonlyMap<string, Resource>): readonly string[] {
  const differing = [...from]
    .filter(([key, resource]) => to.has(key) && JSON.stringify(to.get(key)) !== JSON.stringify(resource))
    .map(([key]) => `~ ${key}`);
  return [
    ...differing,
    ...[...from.keys()].filter((key) => !to.has(key)).map((key) => `- ${key}`),
    ...[...to.keys()].filter((key) => !from.has(key)).map((key) => `+ ${key}`),
  ].map((line) => line.replace(/[0-9A-F]{8}$/, ''));
}

const STORES = /AWS::(RDS|DynamoDB|S3|EFS|KMS)::/;

test('another strategy is one line of code: counts and the machine that knows them change, no store of data does', () => {
  const warm = resourcesOf({ strategy: RecoveryStrategy.warmStandby() });
  const light = resourcesOf({ strategy: RecoveryStrategy.pilotLight() });
  expect(changes(light, warm)).toEqual([
    '~ Osaka AWS::ECS::Service Service',
    '~ Orders-recovery-ap-northeast-1 AWS::StepFunctions::StateMachine Machine',
    '~ Orders-recovery-ap-northeast-3 AWS::StepFunctions::StateMachine Machine',
  ]);
  const hot = resourcesOf({ strategy: RecoveryStrategy.hotStandby() });
  expect(changes(warm, hot).filter((change) => STORES.test(change))).toEqual([]);
  const multi = resourcesOf({ strategy: RecoveryStrategy.multiSite() });
  expect(changes(hot, multi).filter((change) => STORES.test(change))).toEqual([]);
});

test('from recovery points to live data a replica is added, and what is at home stays as it is', () => {
  const added = changes(
    resourcesOf({ strategy: RecoveryStrategy.backupAndRestore() }),
    resourcesOf({ strategy: RecoveryStrategy.pilotLight() }),
  );
  expect(added).toContain('+ Osaka AWS::RDS::DBInstance Database');
  expect(added.filter((change) => STORES.test(change) && !change.startsWith('+'))).toEqual([]);
  expect(added.filter((change) => change.includes(' Tokyo '))).toEqual([]);
});

test('after a failover another active Region moves capacity and drills, and no resource with data differs', () => {
  const before = resourcesOf({ strategy: RecoveryStrategy.warmStandby() });
  const after = resourcesOf({ strategy: RecoveryStrategy.warmStandby(), activeRegion: OSAKA });
  const changed = changes(before, after);
  expect(changed.filter((change) => STORES.test(change))).toEqual([]);
  expect(changed.filter((change) => !/Scheduler|DrillRole|DrillMissingAlarm/.test(change))).toEqual([
    '~ Tokyo AWS::ECS::Service Service',
    '~ Osaka AWS::ECS::Service Service',
  ]);
  expect(changed.filter((change) => /Scheduler/.test(change))).toEqual([
    '- Orders-recovery-ap-northeast-3 AWS::Scheduler::Schedule MachineDrill',
    '+ Orders-recovery-ap-northeast-1 AWS::Scheduler::Schedule MachineDrill',
  ]);
});
