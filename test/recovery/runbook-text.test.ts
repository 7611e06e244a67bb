import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { Approval, RecoveryStrategy } from '../../lib';
import { runbookOf } from '../../lib/recovery/private/runbook';
import { Orders, recoveryIn, twoSites } from './sites';

function textOf(change: (sites: ReturnType<typeof twoSites>) => void = () => undefined, props = {}): string {
  const sites = twoSites(props);
  sites.tokyo.route();
  sites.osaka.route();
  change(sites);
  return runbookOf({ sites: sites.recovery.sites, drills: [] });
}

describe('the runbook', () => {
  const text = textOf();
  const section = (title: string) => text.split(`## ${title}`)[1].split('\n## ')[0];

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

  test('tells the steps in their order, and which line of code to change', () => {
    expect(section('ap-northeast-1 is lost')).toMatch(
      /promotes `orders`, scales `api` from 2 to 8, looks at `https:\/\/ap-northeast-3.example.com\/health`, leads `api.example.com` here and waits 3 min/,
    );
    expect(section('ap-northeast-1 is lost')).toContain("`activeRegion: 'ap-northeast-3'`");
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
