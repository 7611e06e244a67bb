import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { AttributeType, CfnTable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../lib/core/private/errors';
import { cfnOf, resourceId, takeInventory, uniqueName } from '../../lib/core/private/inventory';
import { insist } from '../../lib/core/private/problems';
import { type FactSource, RecoveryRecord } from '../../lib/core/private/record';
import { supportStackOf } from '../../lib/core/private/support-stack';
import { RecoveryCoverage } from '../../lib/core/recovery-coverage';
import type { ConcernFact } from '../../lib/model/facts';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const concern = (by: string, severity: ConcernFact['severity'] = 'warning'): FactSource => ({
  facts: () => [{ kind: 'concern', severity, code: 'TestConcern', by, message: 'something is odd' }],
});
const warningsOf = (stack: Stack) => Warnings.fromStack(stack).findWarning('*', Match.stringLikeRegexp('something is odd'));

describe('the record of a stage', () => {
  test('is one for all its stacks, and another for a nested stage', () => {
    const app = new App();
    const stage = new Stage(app, 'Prod');
    const [one, two, inner] = [new Stack(app, 'One'), new Stack(app, 'Two'), new Stack(stage, 'Inner')].map((stack) =>
      RecoveryRecord.of(stack),
    );
    expect(one).toBe(two);
    expect(inner).not.toBe(one);
  });

  test('asks its sources when the tree is complete, not when they are added', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const seen: string[][] = [];
    RecoveryRecord.of(stack).add({
      facts: (inventory) => {
        seen.push([...inventory.keys()]);
        return [];
      },
    });
    new CfnBucket(stack, 'Later');
    app.synth();
    expect(seen).toEqual([['Stack/Later']]);
  });

  test('shows a warning at the construct that it names, or at the nearest that exists', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const record = RecoveryRecord.of(stack);
    new Construct(stack, 'Plan');
    record.add(concern('Stack/Plan'));
    record.add(concern('Stack/Gone/Deeper'));
    app.synth();
    expect(warningsOf(stack).map(({ id }) => id)).toEqual(['/Stack', '/Stack/Plan']);
  });

  test('shows a warning in a stage at the construct below the stage', () => {
    const app = new App();
    const stage = new Stage(app, 'Prod');
    const stack = new Stack(stage, 'Stack');
    RecoveryRecord.of(stack).add(concern('Prod/Stack'));
    app.synth();
    expect(stack.node.metadata.map(({ data }) => data)).toContainEqual(expect.stringContaining('something is odd'));
  });

  test('warns once, however often the app is synthesised', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    RecoveryRecord.of(stack).add(concern('Stack'));
    app.synth();
    app.synth({ force: true });
    expect(warningsOf(stack)).toHaveLength(1);
  });

  test('fails the synth with all errors at once, each with its code and place', () => {
    const app = new App();
    const record = RecoveryRecord.of(new Stack(app, 'Stack'));
    record.add(concern('Stack/One', 'error'));
    record.add(concern('Stack/Two', 'error'));
    expect(() => app.synth()).toThrow(
      /something is odd \(TestConcern at 'Stack\/One'\).*something is odd \(TestConcern at 'Stack\/Two'\)/s,
    );
  });
});

describe('the id of the record', () => {
  test('fails where a construct of the user has it', () => {
    const app = new App();
    new Construct(app, 'RecoveryRecord');
    expect(() => RecoveryRecord.of(new Stack(app, 'Orders'))).toThrow(/'RecoveryRecord' has the id of the record.*rename it.*NameTaken/);
  });
});

describe('the report of a synth', () => {
  function synthesised(configure: (app: App) => void = () => {}): string {
    const app = new App();
    RecoveryCoverage.of(new Stack(app, 'Stack'));
    configure(app);
    return app.synth().directory;
  }

  function printedBy(act: () => void): string {
    const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    process.env.CDK_OUTDIR = 'set by the CDK command';
    try {
      act();
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      delete process.env.CDK_OUTDIR;
      write.mockRestore();
    }
  }

  test('is printed when the CDK command runs the app', () => {
    const app = new App({ outdir: join(synthesised(), 'printed') });
    RecoveryCoverage.of(app);
    expect(printedBy(() => app.synth())).toContain('Recovery report');
  });

  test('is not printed in a unit test, nor when asked not to', () => {
    const quiet = new App({ outdir: join(synthesised(), 'quiet') });
    RecoveryCoverage.of(quiet).printNothing();
    expect(printedBy(() => quiet.synth())).toBe('');
    const write = jest.spyOn(process.stderr, 'write');
    synthesised();
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  test('is written even if validation is skipped', () => {
    const app = new App();
    RecoveryCoverage.of(new Stack(app, 'Stack'));
    const { directory } = app.synth({ skipValidation: true });
    expect(JSON.parse(readFileSync(join(directory, 'recovery-report.json'), 'utf8'))).toHaveProperty('resources', []);
  });

  test('is written and printed also where synth fails: that is when it is needed most', () => {
    const app = new App({ outdir: join(synthesised(), 'failed') });
    RecoveryRecord.of(app).add(concern('', 'error'));
    const printed = printedBy(() => expect(() => app.synth()).toThrow(/TestConcern/));
    expect(printed).toContain('Recovery report');
    const report = JSON.parse(readFileSync(join(app.outdir, 'recovery-report.json'), 'utf8'));
    expect(report.findings).toEqual([expect.objectContaining({ code: 'TestConcern' })]);
  });

  test('is not written by an app that uses nothing of this library', () => {
    const app = new App();
    new Stack(app, 'Stack');
    const { directory } = app.synth();
    expect(existsSync(join(directory, 'recovery-report.json'))).toBe(false);
    rmSync(directory, { recursive: true });
  });
});

describe('the inventory', () => {
  test('calls a resource by the path of the construct that a user wrote', () => {
    const stack = new Stack(undefined, 'Stack');
    const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const bare = new CfnBucket(stack, 'Bare');
    expect([resourceId(table), resourceId(table.node.defaultChild as CfnTable), resourceId(bare)]).toEqual([
      'Stack/Table',
      'Stack/Table',
      'Stack/Bare',
    ]);
    expect([cfnOf(table)?.cfnResourceType, cfnOf(bare), cfnOf(new Construct(stack, 'Plain'))]).toEqual([
      'AWS::DynamoDB::GlobalTable',
      bare,
      undefined,
    ]);
  });

  test('reads tags as they will be in the template, those of a global table from its own replica', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: ENV });
    new TableV2(stack, 'Global', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      replicas: [{ region: 'us-east-1', tags: [{ key: 'only', value: 'there' }] }],
    });
    new CfnBucket(stack, 'Bucket', { tags: [{ key: 'late', value: new CfnParameter(stack, 'P').valueAsString }] });
    new CfnTable(stack, 'Table', { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] });
    new CfnTable(stack, 'Foreign', { keySchema: [] });
    Tags.of(app).add('team', 'pay');
    app.synth();
    const tags = Object.fromEntries([...takeInventory(app)].map(([id, item]) => [id, item.tags]));
    expect(tags).toEqual({
      'Stack/Global': { team: 'pay' },
      'Stack/Bucket': { team: 'pay' },
      'Stack/Table': { team: 'pay' },
      'Stack/Foreign': { team: 'pay' },
    });
  });

  test('leaves nested stages to their own inventory, but sees nested stacks', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new CfnBucket(new NestedStack(stack, 'Nested'), 'Bucket');
    new CfnBucket(new Stack(new Stage(app, 'Prod'), 'Stack'), 'Bucket');
    expect([...takeInventory(app).keys()]).toEqual(['Stack/Nested/Bucket']);
  });

  test('makes names that AWS accepts from any path', () => {
    const construct = new Construct(new Stack(undefined, 'S'.repeat(100)), 'my plan:x');
    expect(uniqueName(construct, 50)).toMatch(/^[A-Za-z0-9-]{1,50}$/);
  });
});

describe('support stacks', () => {
  test('are named after the stack that they support, and are one for each place', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const [one, same, other] = [
      supportStackOf(stack, { region: 'ap-northeast-3' }),
      supportStackOf(new Construct(stack, 'Deep'), { region: 'ap-northeast-3' }),
      supportStackOf(stack, { region: 'ap-northeast-3', account: '444455556666' }),
    ];
    expect(one).toBe(same);
    expect([one.stackName, one.region, one.account]).toEqual([
      'Orders-recovery-ap-northeast-3-from-ap-northeast-1',
      'ap-northeast-3',
      '111122223333',
    ]);
    expect([other.stackName, other.account]).toEqual([
      'Orders-recovery-444455556666-ap-northeast-3-from-111122223333-ap-northeast-1',
      '444455556666',
    ]);
    expect(stack.dependencies).toEqual([one, other]);
  });

  test.each([
    ['Regions', undefined, { region: 'us-east-1' }],
    ['accounts', '444455556666', { account: '999988887777' }],
  ])('have other names for stacks of one name in two %s, which may be of two apps', (_, account, other) => {
    const names = [ENV, { ...ENV, ...other }].map(
      (env) => supportStackOf(new Stack(new App(), 'Orders', { env }), { region: 'ap-northeast-3', account }).stackName,
    );
    expect(new Set(names).size).toBe(2);
  });

  test('have a name without the places that nobody knows yet', () => {
    const named = (env: object) => supportStackOf(new Stack(new App(), 'Orders', { env }), { region: 'ap-northeast-3' }).stackName;
    expect([{}, { region: 'us-east-1' }].map(named)).toEqual([
      'Orders-recovery-ap-northeast-3',
      'Orders-recovery-ap-northeast-3-from-us-east-1',
    ]);
  });

  test('are in the stage of the stack that they support', () => {
    const stage = new Stage(new App(), 'Prod', { env: ENV });
    const support = supportStackOf(new Stack(new Construct(stage, 'Team'), 'Orders'), { region: 'ap-northeast-3' });
    expect(support.node.path).toBe('Prod/Team-Orders-recovery-ap-northeast-3');
  });

  test('leave the account open where it is open in the stack that they support', () => {
    const support = supportStackOf(new Stack(new App(), 'Orders'), { region: 'ap-northeast-3' });
    expect(support.resolve(support.account)).toEqual({ Ref: 'AWS::AccountId' });
  });

  test('fails for a Region that is only known at deploy time', () => {
    const stack = new Stack(new App(), 'Orders');
    expect(() => supportStackOf(stack, { region: stack.region })).toThrow(
      /recovery Region is only known at deploy time.*RegionUnknown at 'Orders'/,
    );
  });
});

describe('problems', () => {
  const problem = (severity: 'error' | 'warning') => ({ code: 'TestProblem', severity, message: "'x' is 1" });

  test('fails for an error, after the warnings were shown', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => insist(stack, problem('warning'), undefined, problem('error'))).toThrow("'x' is 1 (TestProblem at 'Stack')");
    expect(Warnings.fromStack(stack).findWarning('*', Match.anyValue())).toHaveLength(1);
  });

  test('an error without a place has its code all the same', () => {
    const error = new ConfigurationError('TestProblem', 'x');
    expect([error.message, error.name, error.code]).toEqual(['x (TestProblem)', 'ConfigurationError', 'TestProblem']);
  });
});

describe('coverage of an app with stages', () => {
  const appWith = (use: (app: App, bucket: CfnBucket) => void) => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'Prod', { env: ENV }), 'Orders');
    use(app, new CfnBucket(stack, 'Bucket'));
    return () => app.synth();
  };

  test('fails for what nobody protects in a stage, whether the stage has a record of its own or not', () => {
    expect(appWith((app) => RecoveryCoverage.of(app).failOnUnprotected())).toThrow(/Unprotected at 'Prod\/Orders\/Bucket'/);
    expect(
      appWith((app, bucket) => {
        RecoveryRecord.of(bucket);
        RecoveryCoverage.of(app).failOnUnprotected();
      }),
    ).toThrow(/Unprotected at 'Prod\/Orders\/Bucket'/);
  });

  test('is what the stage says, where it says something', () => {
    const synth = appWith((app, bucket) => {
      RecoveryCoverage.of(app).failOnUnprotected();
      RecoveryCoverage.of(bucket).ignoreUnprotected();
    });
    expect(synth).not.toThrow();
  });

  test('is asked for at the stage itself too', () => {
    const app = new App();
    const [dev, prod] = ['Dev', 'Prod'].map((id) => {
      const stage = new Stage(app, id, { env: ENV });
      new CfnBucket(new Stack(stage, 'Orders'), 'Bucket');
      return stage;
    }) as [Stage, Stage];
    RecoveryCoverage.of(prod).failOnUnprotected();
    expect(() => prod.synth()).toThrow(/Unprotected at 'Prod\/Orders\/Bucket'/);
    expect(() => dev.synth()).not.toThrow();
  });

  test('knows an exclusion that is written at the app', () => {
    const synth = appWith((app, bucket) => {
      RecoveryCoverage.of(app).failOnUnprotected();
      RecoveryCoverage.of(app).exclude(bucket, 'rebuilt from source');
    });
    expect(synth).not.toThrow();
  });
});
