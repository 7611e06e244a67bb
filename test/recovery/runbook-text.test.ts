import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { App } from 'aws-cdk-lib/core';
import { Approval, RecoveryStrategy, RegionSwitchPurpose } from '../../lib';
import { recoveryMachine, type SiteConfig } from '../../lib/model/recovery';
import { runbookOf } from '../../lib/recovery/private/runbook';
import { Orders, OSAKA, recoveryIn, TOKYO, twoSites } from './sites';

function textOf(change: (sites: ReturnType<typeof twoSites>) => void = () => undefined, props = {}): string {
  const sites = twoSites(props);
  sites.tokyo.route();
  sites.osaka.route();
  change(sites);
  return runbookOf(sites.recovery._subject());
}

describe('the runbook', () => {
  const text = textOf();
  const sectionOf = (whole: string, title: string) => whole.split(`## ${title}`)[1].split('\n## ')[0];
  const section = (title: string) => sectionOf(text, title);

  test('says how to fail over, by the machine of the site that is left, with its exact name', () => {
    expect(section('ap-northeast-1 is lost')).toContain(
      [
        'aws stepfunctions start-execution --region ap-northeast-3 --name "$ID" \\',
        '     --state-machine-arn arn:aws:states:ap-northeast-3:111122223333:stateMachine:Orders-recovery \\',
        `     --input '{"kind": "failover", "id": "'"$ID"'", "by": "<your name>"}'`,
      ].join('\n'),
    );
  });

  test('says who approves, within how long, and what they say yes to', () => {
    expect(section('ap-northeast-1 is lost')).toMatch(/Within 1 h, somebody approves it.*otherSiteIsDown/s);
    expect(textOf(undefined, { approval: Approval.none() })).toMatch(/Nobody is asked/);
  });

  test('says how a run goes on, under a name that was never used, and how one is given up', () => {
    expect(section('How runs end')).toContain(
      'aws stepfunctions start-execution --region ap-northeast-1 --name "$ID-$(date +%H%M%S)" ' +
        '--state-machine-arn arn:aws:states:ap-northeast-1:111122223333:stateMachine:Orders-recovery ' +
        `--input '{"kind": "<its kind>", "id": "'"$ID"'", "by": "<your name>"}'`,
    );
    expect(section('How runs end')).toMatch(/"abandon": "<id of the run>", "acceptOldData": true/);
  });

  test('names every end that the machine can reach', () => {
    const config = { recovery: 'Orders', site: TOKYO, data: [], compute: [], approval: { timeoutMs: 0 }, traffic: { kind: 'none' } };
    const machine = recoveryMachine({ agentArn: 'agent', partition: 'aws', config: config as unknown as SiteConfig });
    const { States } = machine as { States: Record<string, { Type: string }> };
    const ends = Object.keys(States).filter((name) => ['Succeed', 'Fail'].includes(States[name].Type));
    expect(ends).toHaveLength(8);
    expect(ends.filter((name) => !section('How runs end').includes(`- *${name}*`))).toEqual([]);
  });

  test('tells apart a rebuild that has halted, which leaves the active site alone, from a run that keeps writers out', () => {
    expect(section('How runs end')).toMatch(/\*Halted\*, in a rebuild.*the active site serves and takes writes as before/);
    expect(section('How runs end')).toMatch(/\*Halted\*, in any other run.*Nobody writes at the other site/);
  });

  test('tells the steps in their order, and which line of code to change', () => {
    expect(section('ap-northeast-1 is lost')).toMatch(
      /promotes `orders`, scales `api` from 2 to 8, looks at `https:\/\/ap-northeast-3.example.com\/health`, leads `api.example.com` here and waits 3 min/,
    );
    expect(section('ap-northeast-1 is lost')).toContain("`activeRegion: 'ap-northeast-3'`");
  });

  test('tells no step that changes nothing', () => {
    const lost = sectionOf(textOf(undefined, { strategy: RecoveryStrategy.hotStandby() }), `${TOKYO} is lost`);
    expect(lost).toMatch(/promotes `orders`, looks at/);
  });

  test('says that nothing notices a loss where nothing does', () => {
    expect(section('How a loss is noticed')).toContain(
      'Nothing of this recovery notices a loss: a person does, and starts the failover as below.',
    );
  });

  test('says what the site that waits asks, and which alarms start the failover, with their names', () => {
    const told = sectionOf(
      textOf(({ recovery, osaka }) => {
        const metric = new Metric({ namespace: 'Orders', metricName: 'Down' });
        const parts = { metric, threshold: 1, evaluationPeriods: 1 };
        recovery.startOn(new Alarm(osaka, 'Named', { ...parts, alarmName: 'orders-down' }));
        recovery.startOn(new Alarm(osaka, 'Down', parts));
        recovery.startOn(Alarm.fromAlarmName(osaka, 'Imported', 'orders-canary'));
        recovery.watch({ addresses: { [TOKYO]: 'https://orders.example/' }, control: 'https://elsewhere.example/', failures: 4 });
      }),
      'How a loss is noticed',
    );
    expect(told).toContain(
      `While ${OSAKA} waits, it asks \`https://orders.example/\` every minute. After 4 silences in a row an alarm rings there, and only while \`https://elsewhere.example/\` answers`,
    );
    expect(told).toMatch(
      /- The alarm `orders-down` of ap-northeast-3 rings\.\n- The alarm `<name of Osaka\/Down\/Resource>` of.*\n- The alarm `orders-canary`/,
    );
    expect(told).toContain('somebody has to approve it');
  });

  test('says what a watch starts where nobody is asked', () => {
    const told = textOf(({ recovery }) => recovery.watch(), { approval: Approval.none() });
    expect(sectionOf(told, 'How a loss is noticed')).toMatch(/begins at once then.*ends as \*aborted\*: start it as below/);
  });

  test('names no plan of ARC Region switch where there is none', () => {
    expect(text).not.toContain('Region switch');
  });

  test('names the plans of ARC Region switch, and how they are executed and approved', () => {
    const told = sectionOf(
      textOf(({ recovery }) => {
        recovery.regionSwitch();
        recovery.regionSwitch({ purpose: RegionSwitchPurpose.SWITCHOVER, planName: 'orders-move' });
      }),
      'By a plan of ARC Region switch',
    );
    expect(told).toContain(
      [
        `REGION=${OSAKA}`,
        'PLAN=Orders-failover # failover',
        'PLAN=orders-move # switchover',
        'ARN=$(aws arc-region-switch list-plans-in-region --region "$REGION" --query "plans[?name==\'$PLAN\'].arn" --output text)',
        'aws arc-region-switch start-plan-execution --region "$REGION" --plan-arn "$ARN" --target-region "$REGION" \\',
        '  --action activate --mode graceful',
      ].join('\n'),
    );
    expect(told).toContain(
      'approve-plan-execution-step --region "$REGION" --plan-arn "$ARN" --execution-id <id> \\\n  --step-name Approve --approval approve',
    );
    expect(told).toContain('for 1 h');
  });

  test('says nothing of an approval of plans that ask nobody', () => {
    const move = { purpose: RegionSwitchPurpose.SWITCHOVER };
    expect(textOf(({ recovery }) => void recovery.regionSwitch(move))).not.toContain('approve-plan-execution-step');
    expect(textOf(({ recovery }) => void recovery.regionSwitch(), { approval: Approval.none() })).not.toContain(
      'approve-plan-execution-step',
    );
  });

  test('says how to come back: a standby first, then a failback, both at home', () => {
    const back = section('Back to ap-northeast-1');
    expect(back.indexOf('"kind": "rebuild"')).toBeGreaterThan(0);
    expect(back.indexOf('"kind": "failback"')).toBeGreaterThan(back.indexOf('"kind": "rebuild"'));
    expect(back).toContain('--region ap-northeast-1');
    expect(back).toContain('<instance>-before-<epoch>');
  });

  test('has every command for the day on which the machine cannot run', () => {
    const hand = section('By hand at ap-northeast-3');
    expect(hand).toContain('aws rds promote-read-replica --region ap-northeast-3 --db-instance-identifier orders');
    expect(hand).toMatch(
      /aws ecs update-service --region ap-northeast-3 --cluster orders --service <Name of Osaka\/Service\/Service> --desired-count 8/,
    );
    expect(hand).toContain('--metric-name TrafficDiverted --value 1 --dimensions Recovery=Orders,Site=ap-northeast-3');
    expect(section('By hand at ap-northeast-1')).toContain('--metric-name TrafficReclaimed');
  });

  test('says of what only deployment knows where to find it, and leaves no token', () => {
    expect(text).not.toMatch(/\$\{Token|\[object|undefined/);
    expect(textOf(undefined, { account: undefined })).toContain(':<account>:stateMachine:Orders-recovery');
  });
});

test('is written beside the templates', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'runbook-'));
  try {
    const app = new App({ outdir });
    const recovery = recoveryIn(app, { strategy: RecoveryStrategy.pilotLight() });
    const tokyo = new Orders(app, 'Tokyo', recovery.primary);
    new Orders(app, 'Osaka', recovery.recovery, tokyo.database);
    recovery.drill();
    app.synth();
    expect(readFileSync(join(outdir, 'recovery-runbook-Orders.md'), 'utf8')).toMatch(
      /^# Runbook: Orders\n[\s\S]*pilot light[\s\S]*rehearsal: `cron\(0 2 15 1,4,7,10 \? \*\)/,
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
