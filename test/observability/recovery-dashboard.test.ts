import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  BucketReplication,
  Protection,
  type ProtectionProps,
  RecoveryDashboard,
  type RecoveryDashboardProps,
  RecoveryTier,
  RecoveryWatch,
  RestoreTests,
  RestoreVerification,
} from '../../lib';
import { type DashboardMatter, type Widget, widgetsOf } from '../../lib/model/dashboard';
import { DASHBOARD_LIMITS } from '../../lib/model/limits/dashboards';
import { HOUR } from '../../lib/model/time';

const TYPE = 'AWS::CloudWatch::Dashboard';
const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: TOKYO };

interface Body {
  readonly start: string;
  readonly widgets: readonly (Widget & { readonly properties: Readonly<Record<string, never>> })[];
}

const stackIn = (app = new App(), env = ENV) => new Stack(app, 'Orders', { env });
const tableIn = (stack: Stack, id = 'Table') => new TableV2(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });

/** What is only known at deploy time is put in as `<logical id>`. */
function textOf(body: unknown): string {
  if (typeof body === 'string') {
    return body;
  }
  const { 'Fn::Join': join, Ref, 'Fn::GetAtt': att } = body as { 'Fn::Join'?: [string, unknown[]]; Ref?: string; 'Fn::GetAtt'?: string[] };
  return join ? join[1].map(textOf).join(join[0]) : `<${Ref ?? att?.join('.')}>`;
}

function bodyIn(template: Template): Body {
  const [{ Properties }] = Object.values(template.findResources(TYPE));
  return JSON.parse(textOf(Properties.DashboardBody));
}

const titled = ({ widgets }: Body, title: RegExp) => widgets.filter(({ properties }) => title.test(String(properties.title ?? '')));
const markdownOf = ({ widgets }: Body): string =>
  widgets.flatMap(({ properties }) => (properties.markdown ? [String(properties.markdown)] : [])).join('\n');
const metricsOf = (widget: Widget): string => JSON.stringify(widget.properties.metrics);

function dashboardOf(protection: Partial<ProtectionProps> = {}, props: RecoveryDashboardProps = {}): Stack {
  const stack = stackIn();
  new RecoveryDashboard(stack, 'Dashboard', props);
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, ...protection }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch');
  return stack;
}

describe('a dashboard of a stage', () => {
  let stack: Stack;
  let body: Body;
  let template: Template;
  beforeAll(() => {
    stack = dashboardOf({ recoveryRegion: OSAKA });
    template = Template.fromStack(stack);
    body = bodyIn(template);
  });

  test('says what is promised, what is claimed, and that no restore time was ever measured', () => {
    expect(markdownOf(body)).toMatch(
      /\| Orders\/Protection \| 1 \| 4 h \| .+ \| 4 h \| .+ \| not measured: nothing is restored as a test \|/,
    );
  });

  test('shows how old recovery points are in each place of a plan, against what is promised', () => {
    const [graph] = titled(body, /^Orders\/Protection\/Hourly$/);
    expect(metricsOf(graph)).toContain('{CdkRecovery,Watch,Protection,Place} MetricName=\\"Age\\" Watch=(\\"Orders-Watch-70AE5C5A\\")');
    expect(metricsOf(graph)).toContain('Protection=\\"Orders/Protection/Hourly\\"');
    expect(graph.properties).toMatchObject({
      region: TOKYO,
      annotations: {
        horizontal: [
          { label: 'promised RPO', value: 4 * 3_600 },
          { label: 'stale', value: expect.any(Number) },
        ],
      },
    });
  });

  test('shows what the watch counts', () => {
    const [counts] = titled(body, /verdict/);
    for (const name of ['Missing', 'Stale', 'Unknown', 'Unjudged', 'Awaited', 'Fresh']) {
      expect(counts.properties.metrics).toContainEqual(['CdkRecovery', name, 'Watch', 'Orders-Watch-70AE5C5A']);
    }
  });

  test('shows jobs and copies of each vault in its own Region', () => {
    expect(titled(body, /jobs into/).map(({ properties: { title, region } }) => [title, region])).toEqual([
      ['Backup jobs into Orders-recovery, ap-northeast-1', TOKYO],
      ['Copy jobs into Orders-recovery, ap-northeast-1', TOKYO],
      ['Backup jobs into Orders-recovery, ap-northeast-3', OSAKA],
      ['Copy jobs into Orders-recovery, ap-northeast-3', OSAKA],
    ]);
    const [jobs] = titled(body, /^Backup jobs/);
    expect(metricsOf(jobs)).toContain(
      '{AWS/Backup,BackupVaultName} MetricName=\\"NumberOfBackupJobsFailed\\" BackupVaultName=\\"Orders-recovery\\"',
    );
  });

  test('shows the alarms of its stack that have a section in the runbook', () => {
    const [alarms] = body.widgets.filter(({ type }) => type === 'alarm');
    expect(alarms.properties.alarms).toEqual(
      expect.arrayContaining(['<WatchFreshnessMissing177A4BEF.Arn>', '<WatchFreshnessStale644CB6EF.Arn>']),
    );
  });

  test('lets no two widgets lie on each other, and none beyond the edge', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of body.widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken.has(`${column} ${row}`)).toBe(false);
          taken.add(`${column} ${row}`);
        }
      }
    }
  });

  test('opens with two weeks, and keeps its logical id', () => {
    expect(body.start).toBe('-P14D');
    expect(Object.keys(template.findResources(TYPE))).toEqual(['Dashboard9E4231ED']);
  });

  test('keeps the rules of cdk-nag', () => {
    const app = stack.node.root as App;
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('is the same when synthesised twice, and deploys anywhere', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders');
  new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch');
  new RecoveryDashboard(stack, 'Dashboard');
  const first = app.synth().getStackByName('Orders').template;
  expect(app.synth({ force: true }).getStackByName('Orders').template).toEqual(first);
  expect(titled(bodyIn(Template.fromJSON(first)), /^Backup jobs/)[0].properties.region).toBe('<AWS::Region>');
});

test('shows the protections that it is given, and no others', () => {
  const stack = stackIn();
  const [one, other] = ['One', 'Other'].map((id) => {
    const protection = new Protection(stack, id, { tier: RecoveryTier.STANDARD });
    protection.protect(tableIn(stack, `${id}Table`));
    return protection;
  });
  new RecoveryWatch(stack, 'Watch');
  new RecoveryDashboard(stack, 'Dashboard', { protections: [one], defaultInterval: Duration.days(3) });
  const body = bodyIn(Template.fromStack(stack));
  expect([body.start, titled(body, /^Orders\/One\//).length, titled(body, /^Orders\/Other\//).length]).toEqual(['-P3D', 1, 0]);
  expect(markdownOf(body)).not.toContain(other.node.path);
});

test('warns where nothing measures ages, and says so', () => {
  const stack = stackIn();
  new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(tableIn(stack));
  new RecoveryDashboard(stack, 'Dashboard');
  expect(markdownOf(bodyIn(Template.fromStack(stack)))).toContain('Nothing measures how old recovery points are');
  Warnings.fromStack(stack).hasWarning('/Orders/Dashboard', Match.stringLikeRegexp('cdk-recovery:dashboardWithoutWatch'));
});

test('shows alarms that it is given', () => {
  const stack = stackIn();
  const metric = new Metric({ namespace: 'Mine', metricName: 'Errors' });
  const alarm = new Alarm(stack, 'Mine', { metric, threshold: 1, evaluationPeriods: 1 });
  new Alarm(stack, 'Foreign', { metric, threshold: 1, evaluationPeriods: 1 });
  new RecoveryDashboard(stack, 'Dashboard', { alarms: [alarm] });
  const [alarms] = bodyIn(Template.fromStack(stack)).widgets.filter(({ type }) => type === 'alarm');
  expect(alarms.properties.alarms).toEqual([expect.stringMatching(/^<Mine[0-9A-F]{8}\.Arn>$/)]);
});

test('shows how far live copies are behind, each in the Region that publishes it', () => {
  const stack = stackIn();
  new BucketReplication(stack, 'Buckets', {
    source: new Bucket(stack, 'Bucket', { bucketName: 'orders', versioned: true }),
    recoveryRegion: OSAKA,
  });
  new RecoveryDashboard(stack, 'Dashboard');
  const [lag] = titled(bodyIn(Template.fromStack(stack)), /^ReplicationLatency$/);
  expect([lag.properties.region, metricsOf(lag)]).toEqual([OSAKA, expect.stringContaining(OSAKA)]);
});

describe('restore tests', () => {
  const hours = (label: string, value: number) => ({ horizontal: [{ label, value: value * 3_600 }] });
  const app = new App();
  const stack = stackIn(app);
  const protectionOf = (id: string) => {
    const protection = new Protection(stack, id, { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA });
    protection.protect(new TableV2(stack, `${id}Table`, { tableName: id, partitionKey: { name: 'id', type: AttributeType.STRING } }));
    return protection;
  };
  const protection = protectionOf('Protection');
  const untested = protectionOf('Untested');
  new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
  new RecoveryDashboard(stack, 'Dashboard', { dashboardName: 'tested', protections: [protection] });
  new RecoveryDashboard(new Stack(app, 'Other', { env: ENV }), 'Dashboard', { protections: [untested] });
  const body = bodyIn(Template.fromStack(stack));

  test('show what was achieved beside what is promised, here and where the copies are', () => {
    for (const [title, metricName, promised] of [
      [/^Recovery time achieved/, 'AchievedRecoveryTime', 'promised RTO'],
      [/^Recovery point achieved/, 'AchievedRecoveryPoint', 'promised RPO'],
    ] as const) {
      const graphs = titled(body, title);
      expect(graphs.map(({ properties }) => properties.region)).toEqual([TOKYO, OSAKA]);
      expect(graphs.map(({ properties }) => properties.annotations)).toEqual([hours(promised, 4), hours(promised, 4)]);
      const [[home], [afar]] = graphs.map(metricsOf).map((metrics) => /Verification=\\"[^"\\]+/.exec(metrics) ?? ['']);
      // the very name that the workflow is told
      const machine = JSON.stringify(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
      expect(machine).toContain(home.replace('Verification=', '\\"verification\\":'));
      expect(afar).toBe(`${home}-copies`);
      expect(metricsOf(graphs[0])).toContain(`{CdkRecovery,Verification,Resource} MetricName=`);
      expect(metricsOf(graphs[0])).toContain(metricName);
    }
  });

  test('show what was not well, by the names that the workflow publishes', () => {
    const [found] = titled(body, /^Restore tests that were not well/);
    for (const name of ['FailedTests', 'MissingTests', 'TestsOverRecoveryTime', 'TestsOverRecoveryPoint', 'TestsWithRemains']) {
      expect(metricsOf(found)).toContain(name);
    }
  });

  test('are left out for protections without any', () => {
    const other = app.node.findChild('Other') as Stack;
    expect(titled(bodyIn(Template.fromStack(other)), /Restore tests|achieved/)).toEqual([]);
  });
});

describe('limits', () => {
  const matter = (count: Partial<Record<'plans' | 'vaults' | 'lags' | 'alarms' | 'verified', number>>): DashboardMatter => {
    const many = <T>(n: number | undefined, make: (index: number) => T): T[] => Array.from({ length: n ?? 0 }, (_, index) => make(index));
    return {
      region: TOKYO,
      watches: ['Watch'],
      promises: ['| a |'],
      plans: many(count.plans, (n) => ({ label: `Plan${n}`, rpoMs: HOUR })),
      vaults: many(count.vaults, (n) => ({ name: `vault-${n}`, region: n % 2 ? TOKYO : OSAKA })),
      lags: many(count.lags, (n) => ({
        metricName: 'ReplicaLag',
        label: `Copy${n}`,
        region: OSAKA,
        namespace: 'AWS/RDS',
        dimensions: [['a', 'b']],
      })),
      alarms: many(count.alarms, (n) => `arn:${n}`),
      verified: many(count.verified, (n) => ({
        by: `Protection${n}`,
        verification: `tests-${n}`,
        region: TOKYO,
        rpoMs: HOUR,
        resources: [],
      })),
    };
  };

  test.each([
    ['1,000 plans', { plans: 1_000 }],
    ['1,000 vaults', { vaults: 1_000 }],
    ['5,000 live copies', { lags: 5_000 }],
    ['1,000 alarms', { alarms: 1_000 }],
    ['1,000 verifications', { verified: 1_000 }],
    ['1,000 of everything', { plans: 1_000, vaults: 1_000, lags: 5_000, alarms: 1_000, verified: 1_000 }],
    ['as many as still have graphs of their own', { plans: 60, vaults: 30, lags: 1_000, alarms: 1_000, verified: 20 }],
  ])('%s stay below what CloudWatch takes', (_case, count) => {
    const widgets = widgetsOf(matter(count));
    const metrics = widgets.map(({ properties }) => (properties.metrics as unknown[] | undefined)?.length ?? 0);
    expect(widgets.length).toBeLessThanOrEqual(DASHBOARD_LIMITS.widgets.value / 2);
    expect(Math.max(...metrics)).toBeLessThanOrEqual(DASHBOARD_LIMITS.metricsPerWidget.value);
    expect(metrics.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(DASHBOARD_LIMITS.metrics.value);
    expect(Math.max(0, ...widgets.map(({ properties }) => (properties.alarms as unknown[] | undefined)?.length ?? 0))).toBeLessThanOrEqual(
      100,
    );
  });

  test.each([
    [60, 60],
    [61, 1],
  ])('%i plans have %i graphs', (plans, graphs) => {
    expect(widgetsOf(matter({ plans })).filter(({ properties }) => metricsOf({ properties } as Widget)?.includes('Age'))).toHaveLength(
      graphs,
    );
  });

  test('a thousand resources need no more than one', () => {
    const sizes = [1, 1_000].map((count) => {
      const stack = stackIn();
      const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
      for (let n = 0; n < count; n++) {
        protection.protect(TableV2.fromTableArn(stack, `T${n}`, `arn:aws:dynamodb:${TOKYO}:${ENV.account}:table/t${n}`));
      }
      new RecoveryWatch(stack, 'Watch');
      new RecoveryDashboard(stack, 'Dashboard');
      return JSON.stringify(bodyIn(Template.fromStack(stack))).replace(/\| 1000? \|/g, '| n |').length;
    });
    expect(sizes[1]).toBe(sizes[0]);
  });
});
