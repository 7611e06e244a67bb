import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { type AlarmRoute, notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { warn } from '../../core/private/problems';
import { differ } from '../../model/differ';
import { type CheckSpec, checkerOf, type DatabaseAccess, type VerifiedResource } from '../../model/verification';
import { checkedOf, familyOf, type SqlFamily } from '../check-fit';
import type { IsolatedNetwork } from '../isolated-network';
import { CHECKER_WILDCARDS, checkerStatements, type KnownArns } from './checker-permissions';
import { FileReader } from './file-reader';
import { portsOf } from './inside-ports';
import { zonesOf } from './single-zones';
import type { TestedResource } from './tested-resources';

export interface CheckersProps {
  readonly resources: readonly TestedResource[];
  readonly network?: IsolatedNetwork;
  /** The ARN of a resource as it may be written here. */
  arnOf(resource: TestedResource): string | undefined;
  readonly route: AlarmRoute;
  readonly logRetention?: RetentionDays;
}

const HANDLERS: Readonly<Record<SqlFamily, string>> = { postgres: 'check-postgres', mysql: 'check-mysql' };
const LONGEST = Duration.minutes(15);

/** The functions that look at what was restored in one Region: those that read databases and files in its network, the other one outside of it. */
export class Checkers extends Construct {
  /** Every function that the workflow may call. */
  public readonly arns: readonly string[];

  private readonly props: CheckersProps;
  private readonly sql = new Map<SqlFamily, BundledFunction>();
  private readonly resource?: BundledFunction;
  private readonly inside?: BundledFunction;
  private readonly reader?: FileReader;
  private readonly secrets = new Map<string, ISecret>();

  constructor(scope: Construct, id: string, props: CheckersProps) {
    super(scope, id);
    this.props = props;
    const { resources, network } = props;
    for (const port of network ? portsOf(resources) : []) {
      network?._allowPort(port);
    }
    const kinds = new Set(resources.flatMap(({ specs }) => specs.map(({ kind }) => kind)));
    this.reader = kinds.has('files') && props.network ? this.makeReader(props.network) : undefined;
    const needed = new Set(resources.flatMap(({ specs }) => specs.map(checkerOf)));
    this.resource = needed.has('resource') ? this.makeForResources(kinds) : undefined;
    this.inside = needed.has('inside') && props.network ? this.makeInside(props.network) : undefined;
    for (const one of resources.filter(({ specs }) => specs.some((spec) => checkerOf(spec) === 'sql'))) {
      const checker = this.sqlFor(familyOf(checkedOf(one.target)) as SqlFamily);
      this.secretOf(one).grantRead(checker.function);
    }
    const own = [...this.sql.values(), ...[this.resource, this.inside].filter((one) => one !== undefined)];
    for (const { deadLettersAlarm } of [...own, ...(this.reader ? [this.reader.bundled] : [])]) {
      notify(deadLettersAlarm, 'low', props.route);
    }
    const custom = resources
      .flatMap((one) => this.specsFor(one, one.specs))
      .flatMap((spec) => (spec.kind === 'function' ? [spec.functionArn] : []));
    this.arns = [...new Set([...own.map((bundled) => bundled.function.functionArn), ...custom])];
  }

  /** Functions by what they look at, as far as a resource needs them. */
  public functionsFor({ target, specs }: TestedResource): VerifiedResource['checkers'] {
    const needs = new Set(specs.map(checkerOf));
    const family = familyOf(checkedOf(target));
    return {
      ...(needs.has('sql') && family ? { sql: this.sql.get(family)?.function.functionArn } : {}),
      ...(needs.has('resource') ? { resource: this.resource?.function.functionArn } : {}),
      ...(needs.has('inside') ? { inside: this.inside?.function.functionArn } : {}),
    };
  }

  /** How checks log in to a database; nothing where none reads tables. */
  public accessFor(resource: TestedResource): DatabaseAccess | undefined {
    const { credentials, specs } = resource;
    if (!credentials || !specs.some((spec) => ['sql', 'function'].includes(checkerOf(spec)))) {
      return undefined;
    }
    const { database, certificateAuthorities: caPem } = credentials.options;
    return { secretArn: this.secretOf(resource).secretArn, ...(database && { database }), ...(caPem && { caPem }) };
  }

  /** Checks that can be made in this Region: a function is called where it is. */
  public specsFor({ target, handlers }: TestedResource, specs: readonly CheckSpec[]): readonly CheckSpec[] {
    return specs.filter((spec) => {
      const handler = handlers.get(spec.name);
      const near = handler === undefined || this.isHere(handler, spec);
      if (!near) {
        warn(
          this,
          'CheckNotElsewhere',
          `the check '${spec.name}' of '${target.id}' is not made in ${Stack.of(this).region}, because its function is elsewhere: give a check without a function, too`,
        );
      }
      return near;
    });
  }

  private isHere(handler: IConstruct, spec: CheckSpec): boolean {
    const here = Stack.of(this);
    const arn = spec.kind === 'function' ? spec.functionArn : '';
    return Token.isUnresolved(arn) ? Stack.of(handler).region === here.region : [undefined, here.region].includes(arn.split(':')[3]);
  }

  private sqlFor(family: SqlFamily): BundledFunction {
    const { network, logRetention } = this.props;
    const found = this.sql.get(family);
    if (found || network === undefined) {
      return found as BundledFunction;
    }
    const made = new BundledFunction(this, family === 'postgres' ? 'Postgres' : 'Mysql', {
      handler: HANDLERS[family],
      description: `Reads restored databases (${family})`,
      memoryMib: 512,
      timeout: LONGEST,
      environment: {},
      statements: [],
      logRetention,
      network: { vpc: network.vpc, subnets: network.subnets, securityGroup: network.checkerSecurityGroup },
    });
    this.sql.set(family, made);
    return made;
  }

  private makeForResources(kinds: ReadonlySet<CheckSpec['kind']>): BundledFunction {
    return new BundledFunction(this, 'Others', {
      handler: 'check-resource',
      description: 'Looks at what was restored and holds no tables',
      memoryMib: 512,
      timeout: LONGEST,
      environment: { ...this.reader?.environment },
      statements: checkerStatements(Stack.of(this), this.knownTo(kinds)),
      wildcardReason: CHECKER_WILDCARDS,
      logRetention: this.props.logRetention,
    });
  }

  /** Calls nothing of AWS: it only asks addresses. */
  private makeInside(network: IsolatedNetwork): BundledFunction {
    return new BundledFunction(this, 'Inside', {
      handler: 'check-resource',
      description: 'Asks addresses in the isolated network',
      memoryMib: 512,
      timeout: LONGEST,
      environment: {},
      statements: [],
      logRetention: this.props.logRetention,
      network: { vpc: network.vpc, subnets: network.subnets, securityGroup: network.checkerSecurityGroup },
    });
  }

  private makeReader(network: IsolatedNetwork): FileReader {
    const read = this.props.resources.filter(({ specs }) => specs.some(({ kind }) => kind === 'files'));
    return new FileReader(this, 'Files', { network, zones: zonesOf(this, read), logRetention: this.props.logRetention });
  }

  /** The resources that checks of a kind compare with what was restored, as far as their ARNs are known here. */
  private knownTo(kinds: ReadonlySet<CheckSpec['kind']>): ReadonlyMap<CheckSpec['kind'], KnownArns> {
    const { resources, arnOf } = this.props;
    return new Map(
      [...kinds].map((kind) => {
        const held = resources.filter(({ specs }) => specs.some((spec) => spec.kind === kind));
        const sources = [...new Set(held.map(arnOf).filter((arn) => arn !== undefined))];
        return [kind, { sources, reader: this.reader?.bundled.function.functionArn }];
      }),
    );
  }

  /** The secret as this Region knows it: another one has its own, by name. */
  private secretOf({ target, credentials }: TestedResource): ISecret {
    if (credentials === undefined) {
      throw new ConfigurationError('NoCredentials', `nobody has said how checks of '${target.id}' log in: give 'credentials'`, this);
    }
    const { secret, options } = credentials;
    const here = Stack.of(this);
    // an imported secret may be in another Region than its stack, which a function does not ask
    const isHere = Stack.of(secret).region === here.region && !differ(known(secret.env.region), known(here.region));
    if (isHere && Stack.of(secret).account === here.account) {
      return secret;
    }
    const name = options.secretNameInRecoveryRegion ?? known(secret.secretName);
    if (name === undefined) {
      throw new ConfigurationError(
        'NoCredentials',
        `checks of '${target.id}' in ${here.region} have no secret that is known there: give 'secretNameInRecoveryRegion', the name of a replica of the secret`,
        this,
      );
    }
    const imported = this.secrets.get(name) ?? Secret.fromSecretNameV2(this, `Secret${this.secrets.size + 1}`, name);
    this.secrets.set(name, imported);
    return imported;
  }
}
