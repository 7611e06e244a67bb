import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { OrdersInTwoRegions } from '../../examples/disaster-recovery/stack';
import type { RecoveryReportJson } from '../../lib/model/report';

test.each([
  ['backup-and-restore', undefined],
  ['warm-standby', undefined],
  ['hot-standby', undefined],
  ['multi-site', undefined],
  ['pilot-light', 'ap-northeast-3'],
])('the example is a %s with %s active, and keeps what it promises', (strategy, active) => {
  const app = new App({ context: { strategy, active } });
  new OrdersInTwoRegions(app, 'orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const { directory } = app.synth();
  const report: RecoveryReportJson = JSON.parse(readFileSync(join(directory, 'recovery-report.json'), 'utf8'));
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(report.summary.promises).toMatchObject({ broken: 0, doubtful: 0, unknown: 0 });
  expect(report.coverage.unprotected).toEqual([]);
  const lost = report.resources.map(
    ({ disruptions }) => disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.failover?.strategy,
  );
  expect(new Set(lost)).toEqual(new Set([`${strategy.replaceAll('-', ' ').replace('multi ', 'multi-')} in ap-northeast-3`]));
  const runbook = readFileSync(join(directory, 'recovery-runbook-Orders.md'), 'utf8');
  const [, vault] = /--backup-vault-name (\S+) /.exec(runbook) ?? [];
  expect(vault).toBe(strategy === 'backup-and-restore' ? 'ordersTokyo8F4C2E32-recovery' : undefined);
});
