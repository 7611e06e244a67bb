import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attachCustomSynthesis,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
} from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { SwitchPlan } from '../../model/recovery/region-switch';
import { type RunbookSite, renderRunbook } from '../../model/recovery/render-runbook';
import type { RecoverySite } from '../recovery-site';
import type { ArrangedDrill } from './arranged-drill';
import type { Detected } from './detected-by';
import { agentPartsOf } from './site-config';

/** What a runbook is about. */
export interface RunbookSubject {
  readonly sites: readonly RecoverySite[];
  readonly drills: readonly ArrangedDrill[];
  readonly plans: readonly SwitchPlan[];
  /** What tells a site that the other one is lost. */
  readonly detected: (site: RecoverySite) => Detected;
}

/** Writes the runbook beside the templates when the app is synthesised. */
export function writeRunbook(recovery: Construct, subject: () => RunbookSubject): void {
  attachCustomSynthesis(recovery, {
    onSynthesize: ({ outdir }) => {
      mkdirSync(outdir, { recursive: true });
      const { sites } = subject();
      writeFileSync(join(outdir, `recovery-runbook-${sites[0]._plan.recovery}.md`), runbookOf(subject()));
    },
  });
}

/** The runbook as text. */
export function runbookOf({ sites, drills, plans, detected }: RunbookSubject): string {
  return renderRunbook({
    sites: sites.map((site) => partsOf(site, detected(site))),
    plans,
    drills: drills.map(({ mode, schedule }) => ({
      words: mode.toLowerCase().replace('_', ' '),
      schedule: `${schedule.expressionString}${schedule.timeZone ? ` ${schedule.timeZone.timezoneName}` : ''}`,
    })),
  });
}

function partsOf(site: RecoverySite, { alarmNames, watch, failures }: Detected): RunbookSite {
  const { account, partition } = site._stack;
  const { config } = agentPartsOf(site, undefined, watch);
  return inWords(site._stack, {
    config,
    account,
    partition,
    isActive: site.isActive,
    records: site._routed.map(({ name }) => name),
    alarms: alarmNames,
    ...(failures !== undefined && { failures }),
  });
}

/** A value in which what only deployment knows is told in words: `<address of Tokyo/Database>`. */
function inWords<T>(stack: Stack, value: T): T {
  return Tokenization.resolve(value, { scope: stack, resolver: new Words(), preparing: false }) as T;
}

/** Every reference becomes the name of what it refers to. */
class Words extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) {
      const { target, displayName } = token;
      return plainNameOf(target, displayName) ?? `<${displayName === 'Ref' ? 'name' : displayName} of ${target.node.path}>`;
    }
    const resolved = super.resolveToken(token, context, postProcessor);
    if (typeof resolved !== 'object' || resolved === null || Array.isArray(resolved)) {
      return resolved;
    }
    const { region } = Stack.of(context.scope);
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': '<account>',
      'AWS::Partition': region.startsWith('cn-') ? 'aws-cn' : 'aws',
      'AWS::Region': region,
    };
    const { Ref: name } = resolved as { readonly Ref?: string };
    return name === undefined ? resolved : (pseudo[name] ?? `<${name}>`);
  }
}

/** Properties with the name that a resource is referred to by. */
const NAMES = [
  'dbInstanceIdentifier',
  'dbClusterIdentifier',
  'bucketName',
  'tableName',
  'serviceName',
  'functionName',
  'autoScalingGroupName',
  'alarmName',
  'backupVaultName',
];

/** The name that the code gives a resource, where it does. */
function plainNameOf(target: IConstruct, attribute: string): string | undefined {
  const properties = target as unknown as Readonly<Record<string, unknown>>;
  const own = attribute.charAt(0).toLowerCase() + attribute.slice(1);
  const names = (attribute === 'Ref' || attribute === 'Name' ? NAMES : NAMES.filter((name) => name === own)).map(
    (name) => properties[name],
  );
  return names.find((name): name is string => typeof name === 'string' && !Token.isUnresolved(name));
}
