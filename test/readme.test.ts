import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import * as ts from 'typescript';
import * as library from '../lib';
import { renderText } from '../lib/model/report';
import { ROOT } from './harness/sources';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

function block(language: string, position: number): string {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\`$`, 'gms'))];
  return blocks[position][1];
}

/** The first snippet of the README, run for real in a stack with the resources that it speaks of. */
function firstScreen(change: (code: string) => string = (code) => code): App {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };
  const vpc = new Vpc(stack, 'Network', { natGateways: 0, maxAzs: 2, subnetConfiguration: [{ name: 'data', ...isolated }] });
  const names = {
    database: new DatabaseInstance(stack, 'Database', {
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
      vpc,
      vpcSubnets: isolated,
      multiAz: true,
      storageEncrypted: true,
    }),
    bucket: new Bucket(stack, 'Bucket'),
    table: new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
    scratch: new Bucket(stack, 'Scratch'),
  };
  const code = change(block('ts', 0).replace(/^import .*$/gm, ''));
  const scope: Record<string, unknown> = { ...library, ...names };
  const run = new Function(...Object.keys(scope), ts.transpile(code, { target: ts.ScriptTarget.ES2022 }));
  run.call(stack, ...Object.values(scope));
  return app;
}

test('the first screen shows what its snippet really prints', () => {
  const { directory } = firstScreen().synth();
  const report = JSON.parse(readFileSync(join(directory, 'recovery-report.json'), 'utf8'));
  expect(block('text', 0)).toBe(renderText(report, { width: 110, findings: false }));
});

test('the first screen shows the error that its snippet would really raise', () => {
  const critical = 'objective: RecoveryTier.IMPORTANT.objective.during(Disruption.REGION_LOSS, RecoveryTier.CRITICAL.objective),';
  const broken = firstScreen((code) => code.replace('tier: RecoveryTier.IMPORTANT,', critical));
  const shown = block('text', 1).replace(/\n/g, ' ');
  expect(() => broken.synth()).toThrow(shown);
});
