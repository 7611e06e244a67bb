import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { labelOf, type ResourceType } from '../model/services';
import { type CheckKind, type CheckSpec, checkerOf, type HttpCheckSpec } from '../model/verification';
import type { Target } from '../services/service';
import { settingOf } from '../services/settings';

/** Which function reads a database. */
export type SqlFamily = 'postgres' | 'mysql';

const HOLDERS: Readonly<Partial<Record<CheckKind, readonly ResourceType[]>>> = {
  objects: ['S3'],
  items: ['DynamoDB'],
  volume: ['EBS', 'EC2'],
  instance: ['EC2'],
  files: ['EFS'],
};

const SQL_TYPES: readonly ResourceType[] = ['RDS', 'RDSCluster', 'Aurora'];

/** What is checked, as far as it decides which checks fit. */
export interface Checked extends Pick<Target, 'id' | 'type'> {
  /** Engine of a database, where that is known. */
  readonly engine?: string;
}

/** A resource of this app as something that is checked. */
export function checkedOf(target: Target): Checked {
  return { id: target.id, type: target.type, engine: engineOf(target) };
}

/** Refuses a check that cannot look at such a resource, and two of one name. */
export function requireFit(scope: IConstruct, target: Checked, specs: readonly CheckSpec[]): void {
  const names = specs.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError(
      'DuplicateCheck',
      `two checks of '${target.id}' are called '${twice}', so that their results could not be told apart: give one of them another 'name'`,
      scope,
    );
  }
  for (const spec of specs) {
    const why = misfit(spec, target);
    if (why !== undefined) {
      throw new ConfigurationError('CheckDoesNotFit', `the check '${spec.name}' of '${target.id}' ${why}`, scope);
    }
  }
}

function misfit(spec: CheckSpec, target: Checked): string | undefined {
  const label = labelOf(target.type, target.engine);
  const holders = HOLDERS[spec.kind];
  if (holders !== undefined && !holders.includes(target.type)) {
    return `looks at ${holders.map((type) => labelOf(type)).join(' or ')}, but this is ${label}: take a check for ${label}`;
  }
  if (spec.kind === 'http') {
    return unanswering(spec, target);
  }
  if (checkerOf(spec) !== 'sql') {
    return undefined;
  }
  if (!SQL_TYPES.includes(target.type)) {
    return `reads tables by SQL, but this is ${label}: take a check for ${label}`;
  }
  const { engine } = target;
  const family = familyOf(target);
  if (family === undefined) {
    return engine === undefined
      ? "reads tables by SQL, but the engine of the database is not known: give 'engine' where it is imported"
      : `reads tables of PostgreSQL, MySQL and MariaDB, but the engine is ${engine}: look with a function of your own, by DataCheck.custom()`;
  }
  return spec.kind === 'schema' && spec.extensions !== undefined && family !== 'postgres'
    ? `names extensions, which only PostgreSQL has, but the engine is ${engine}: leave 'extensions' out`
    : undefined;
}

/** Types that have an endpoint once they are restored; an instance has an address, but no port of its own. */
const ANSWERING: readonly ResourceType[] = ['RDS', 'RDSCluster', 'Aurora', 'DocumentDB', 'Neptune', 'EC2'];

function unanswering({ url }: HttpCheckSpec, target: Checked): string | undefined {
  const label = labelOf(target.type, target.engine);
  if (url.includes('{port}') && target.type === 'EC2') {
    return "asks '{port}' of an instance, which has any number of them: write the port into the address, such as http://{host}:8080/health";
  }
  return /\{(host|port)\}/.test(url) && !ANSWERING.includes(target.type)
    ? `asks '{host}' or '{port}' of what was restored, but ${label} has neither: give the address of what reads it`
    : undefined;
}

/** The family of the engine of a database; nothing where it is another one or not known. */
export function familyOf({ engine }: Checked): SqlFamily | undefined {
  if (engine === undefined) {
    return undefined;
  }
  if (engine === 'postgres' || engine === 'aurora-postgresql') {
    return 'postgres';
  }
  return ['mysql', 'mariadb', 'aurora', 'aurora-mysql'].includes(engine) ? 'mysql' : undefined;
}

function engineOf({ cfn, construct }: Target): string | undefined {
  const engine = cfn && settingOf(cfn, 'engine');
  const { engine: imported } = construct as { readonly engine?: { readonly engineType?: string } };
  // CloudFormation takes `MySQL` for `mysql`
  return (known(typeof engine === 'string' ? engine : undefined) ?? known(imported?.engineType))?.toLowerCase();
}
