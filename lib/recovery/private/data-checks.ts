import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type AlarmRoute, notify } from '../../core/private/alarm-route';
import { BundledFunction, type FunctionNetwork } from '../../core/private/bundled-function';
import { ConfigurationError } from '../../core/private/errors';
import type { ProbeConfig } from '../../model/recovery';
import { type CheckSpec, checkerOf, type DatabaseAccess } from '../../model/verification';
import { credentialsFor } from '../../verification/check-credentials';
import { type Checked, checkedOf, familyOf, requireFit, type SqlFamily } from '../../verification/check-fit';
import type { DataCheck } from '../../verification/data-check';
import type { SiteDataOptions } from '../recoverable-data-options';
import type { BoundData, DataPlace } from './bound-data';
import { type CheckedSecret, secretAt } from './check-secret';
import { CHECK_WILDCARDS, liveStatements } from './check-statements';
import { checkerNetwork } from './checker-network';

/** Data of a site that are held to something before traffic comes. */
export interface CheckedItem {
  readonly place: DataPlace;
  readonly item: BoundData;
  readonly options: SiteDataOptions;
  /** The stack with all that recovers the site. */
  readonly stack: Stack;
  readonly route: AlarmRoute;
  /** Engine of the same item at another site. */
  readonly engineElsewhere?: string;
}

const HANDLERS: Readonly<Record<SqlFamily, string>> = { postgres: 'check-postgres', mysql: 'check-mysql' };
const LONGEST = Duration.minutes(15);

/** The looks at the data of an item, each with the function that takes it. */
export function dataChecks(checked: CheckedItem): readonly ProbeConfig[] {
  const { place, item, options } = checked;
  const { checks = [] } = options;
  if (checks.length === 0) {
    return [];
  }
  const about = aboutOf(checked);
  const specs = checks.map(({ _spec }) => _spec);
  requireFit(place.by, about, specs);
  requireUsable(checked, specs);
  const of = (kind: ReturnType<typeof checkerOf>) => specs.filter((spec) => checkerOf(spec) === kind);
  const [tables, contents] = [of('sql'), of('resource')];
  const scope = new Construct(checked.stack, `${place.name}-Checks`);
  const probe = (name: string, functionArn: string, own: readonly CheckSpec[], database?: DatabaseAccess): ProbeConfig => ({
    kind: 'checks',
    name: `${place.name}: ${name}`,
    data: place.name,
    functionArn,
    checks: own,
    resourceType: item.type,
    ...(database && { database }),
  });
  const secret = tables.length > 0 ? secretFor(checked, scope) : undefined;
  return [
    ...(secret ? [probe('tables', tableChecker(checked, scope, familyOf(about) as SqlFamily, secret), tables, secret.access)] : []),
    ...(contents.length > 0 ? [probe('contents', contentChecker(checked, scope, contents), contents)] : []),
    ...checks
      .filter(({ _spec: { kind } }) => kind === 'function')
      .map((check) => probe(check.checkName, ownChecker(checked, check), [check._spec])),
  ];
}

function aboutOf({ place, item, options, engineElsewhere }: CheckedItem): Checked {
  const own = item.target && checkedOf(item.target);
  const engine = options.engine ?? own?.engine ?? engineElsewhere;
  return { id: own?.id ?? place.name, type: item.type, ...(engine === undefined ? {} : { engine }) };
}

/** Refuses what nobody could look at here, and what would pass because there is nothing to compare with. */
function requireUsable({ place: { name, by } }: CheckedItem, specs: readonly CheckSpec[]): void {
  for (const spec of specs) {
    if (['files', 'volume', 'instance'].includes(spec.kind) || checkerOf(spec) === 'inside') {
      throw new ConfigurationError(
        'CheckNotInRecovery',
        `the check '${spec.name}' of '${name}' needs what only a restore test has, an isolated network or something restored for it: look with a function of your own, by DataCheck.custom() or Probe.function()`,
        by,
      );
    }
    if (('tolerance' in spec && spec.tolerance !== undefined) || (spec.kind === 'checksum' && spec.expected === undefined)) {
      const remedy = spec.kind === 'checksum' ? "give 'expected'" : "give 'atLeast' or 'exactly' in place of 'tolerance'";
      throw new ConfigurationError(
        'CheckNeedsBaseline',
        `the check '${spec.name}' of '${name}' compares with an earlier test, but data that take over are looked at once, and the first look would pass whatever it found: ${remedy}`,
        by,
      );
    }
  }
}

function secretFor({ place, item, options }: CheckedItem, scope: Construct): CheckedSecret {
  const construct = item.target?.construct ?? place.by;
  return secretAt(place, scope, credentialsFor(place.by, { id: item.target?.id ?? place.name, construct }, options.credentials));
}

/** In the network of the database, with its own secret and nothing else. */
function tableChecker(checked: CheckedItem, scope: Construct, family: SqlFamily, { statements }: CheckedSecret): string {
  const network = checkerNetwork(checked, family);
  return made(checked, scope, {
    id: 'Tables',
    handler: HANDLERS[family],
    what: `Reads tables of ${checked.place.name}`,
    statements,
    network,
  });
}

function contentChecker(checked: CheckedItem, scope: Construct, specs: readonly CheckSpec[]): string {
  const { item, stack, place } = checked;
  const statements = liveStatements(stack, item, specs);
  return made(checked, scope, { id: 'Contents', handler: 'check-resource', what: `Looks at contents of ${place.name}`, statements });
}

interface Made {
  readonly id: string;
  readonly handler: string;
  readonly what: string;
  readonly statements: readonly PolicyStatement[];
  readonly network?: FunctionNetwork;
}

function made({ place: { recovery }, route }: CheckedItem, scope: Construct, { id, handler, what, statements, network }: Made): string {
  const bundled = new BundledFunction(scope, id, {
    handler,
    description: `${what} before the recovery of ${recovery} leads traffic there`,
    memoryMib: 512,
    timeout: LONGEST,
    environment: {},
    statements,
    wildcardReason: CHECK_WILDCARDS,
    network,
  });
  notify(bundled.deadLettersAlarm, 'low', route);
  return bundled.function.functionArn;
}

/** A function of the user is called where it is, so it has to be here. */
function ownChecker({ place: { name, region, by } }: CheckedItem, { checkName, _spec, _handler }: DataCheck): string {
  const arn = _spec.kind === 'function' ? _spec.functionArn : '';
  const there = Token.isUnresolved(arn) ? _handler && Stack.of(_handler).region : arn.split(':')[3];
  if (there !== region) {
    throw new ConfigurationError(
      'ProbeElsewhere',
      `the check '${checkName}' of '${name}' is a function of ${there}, but the site in ${region} has to look without any other Region: give a function of ${region}`,
      by,
    );
  }
  return arn;
}
