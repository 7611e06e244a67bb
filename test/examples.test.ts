import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct, IConstruct } from 'constructs';
import { OrdersStack } from '../bin/orders-stack';
import * as library from '../lib';
import type { RecoveryReportJson } from '../lib/model/report';

type StackClass = new (scope: Construct, id: string, props: StackProps) => Stack;

const EXAMPLES = readdirSync(join(__dirname, '../examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): [string, StackClass] => [name, Object.values(require(`../examples/${name}/stack`))[0] as StackClass]);
const ALL: [string, StackClass][] = [['demo', OrdersStack], ...EXAMPLES];
/** The code of each example, longest names first: some names begin with others. */
const CODE = ['demo', ...EXAMPLES.map(([name]) => name)]
  .sort((one, other) => other.length - one.length)
  .map((name) => [
    name,
    readFileSync(join(__dirname, name === 'demo' ? '../bin/orders-stack.ts' : `../examples/${name}/stack.ts`), 'utf8'),
  ]);
const ENV = { account: '111122223333', region: 'ap-northeast-1' };

function appWithAll(outdir: string, context: Record<string, unknown>): App {
  const app = new App({ outdir, context });
  for (const [name, Example] of ALL) {
    new Example(app, name, { env: ENV });
  }
  return app;
}

interface Violation {
  readonly ruleName: string;
  readonly severity?: string;
  readonly constructPath: string;
  readonly source: string;
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly severity?: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

test('the demo by itself warns of nothing, so that a newcomer reads its report and no more', () => {
  const warned = (Demo: StackClass) => {
    const stack = new Demo(new App(), 'Orders', { env: ENV });
    Template.fromStack(stack);
    return Warnings.fromStack(stack).findWarning('*', Match.anyValue());
  };
  expect(warned(OrdersStack)).toEqual([]);
  // the tiers that stand alone in an app have no watch
  expect(warned(Object.fromEntries(EXAMPLES)['tier-important'])).not.toEqual([]);
});

describe('every example and the demo', () => {
  const outdirs: string[] = [];
  let app: App;
  let violations: Violation[];
  let report: RecoveryReportJson;

  function freshDir(): string {
    const outdir = mkdtempSync(join(tmpdir(), 'examples-'));
    outdirs.push(outdir);
    return outdir;
  }

  beforeAll(() => {
    process.env.CDK_VALIDATION = 'true';
    const outdir = freshDir();
    app = appWithAll(outdir, { '@aws-cdk/core:validateAgainstDefaultRules': true });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // throws for the findings in what the examples define themselves; all of them are in the report
    expect(() => app.synth()).toThrow(/AwsSolutions-VPC7/);
    process.env.CDK_VALIDATION = 'false';
    const validation = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as ValidationReport;
    violations = validation.pluginReports.flatMap(({ pluginName, violations: found }) =>
      found.flatMap(({ ruleName, severity, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => ({ ruleName, severity, constructPath, source: pluginName })),
      ),
    );
    report = JSON.parse(readFileSync(join(outdir, 'recovery-report.json'), 'utf8'));
  }, 120_000);

  afterAll(() => {
    process.exitCode = undefined;
    for (const outdir of outdirs) {
      rmSync(outdir, { recursive: true });
    }
  });

  /** Whether this library made the construct, and not the example: what stands in a stack under an id that its code does not write is ours. */
  function isOurs(path: string): boolean {
    const [stack, ...ids] = path.split('/');
    const code = CODE.find(([name]) => stack === name || stack.startsWith(`${name}-`))?.[1] ?? '';
    if (stack.includes('-recovery-') || (ids.length > 0 && !code.includes(`'${ids[0]}'`))) {
      return true;
    }
    let node: IConstruct | undefined = app;
    for (const id of [stack, ...ids]) {
      node = node.node.tryFindChild(id);
      if (node === undefined) {
        return false;
      }
      const made = node.constructor;
      if (Object.values(library).some((exported) => made === exported)) {
        return true;
      }
    }
    return false;
  }

  test('is validated at all: the checks find what the examples leave out on purpose', () => {
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(expect.arrayContaining(['AwsSolutions-VPC7']));
  });

  test("passes CDK's own validation of templates without an error", () => {
    expect(violations.filter(({ source, severity }) => !/nag|solutions/i.test(source) && severity === 'error')).toEqual([]);
  });

  test('knows what this library made from what the example did', () => {
    const paths = [
      'cross-account-bucket/ReplicationReports/Resource',
      'exports/ExportDeadLetters/Resource',
      'demo/RecoveryBackupRole/Resource',
    ];
    expect(paths.filter((path) => !isOurs(path))).toEqual([]);
    expect(isOurs('cross-account-bucket/Documents/Resource')).toBe(false);
    expect(isOurs('cross-account-bucket/Replication/Repair/Machine/Resource')).toBe(true);
  });

  test('has no finding of AwsSolutions in anything that this library made', () => {
    expect(violations.filter(({ constructPath }) => isOurs(constructPath))).toEqual([]);
  });

  test.each(ALL.map(([name]) => [name]))('%s keeps every promise it makes', (name) => {
    const own = report.resources.filter((resource) => resource.id.startsWith(`${name}/`));
    expect(own.length).toBeGreaterThan(0);
    const outcomes = own.flatMap(({ disruptions }) => disruptions.map(({ outcome }) => outcome));
    expect(outcomes).not.toContain('broken');
    expect(outcomes).not.toContain('doubtful');
  });

  test('leaves nothing unprotected', () => {
    expect(report.coverage.unprotected).toEqual([]);
  });

  test('synthesises to the same bytes a second time', () => {
    const read = (outdir: string) =>
      Object.fromEntries(
        readdirSync(outdir)
          .filter((file) => file.endsWith('.template.json') || file.startsWith('recovery-report'))
          .map((file) => [file, readFileSync(join(outdir, file), 'utf8')]),
      );
    const [first, second] = [freshDir(), freshDir()];
    appWithAll(first, {}).synth();
    appWithAll(second, {}).synth();
    expect(Object.keys(read(first)).length).toBeGreaterThan(ALL.length);
    expect(read(second)).toEqual(read(first));
  });
});
