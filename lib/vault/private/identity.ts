import { Arn, ArnFormat, type IResolvable, type IResolveContext, Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { LIMITS } from '../../model/limits';

/** Whether two stacks are deployed together, to the same account and Region, so that one may refer to the other. */
export function deployedTogether(one: Stack, other: Stack): boolean {
  return one === other || (one.account === other.account && one.region === other.region && Stage.of(one) === Stage.of(other));
}

const VAULT_ARN = /^arn:[^:]+:backup:[^:]+:[^:]+:backup-vault:([^:]+)$/;

/** Refuses what is not the ARN of a vault; a token is left to deploy time. */
export function requireVaultArn(scope: IConstruct, prop: string, arn: string): string {
  if (!Token.isUnresolved(arn) && !LIMITS.vaultName.value.test(VAULT_ARN.exec(arn)?.[1] ?? '')) {
    throw new ConfigurationError(
      'InvalidVaultArn',
      `'${prop}' is '${arn}', but the ARN of a vault is 'arn:<partition>:backup:<region>:<account>:backup-vault:<name>': correct it`,
      scope,
    );
  }
  return arn;
}

/** The parts of a vault's ARN; a token among them stays a token of its own, so that the others are known. */
export function splitVaultArn(arn: string): { readonly region: string; readonly account: string; readonly vaultName: string } {
  const parts = arn.split(':');
  if (parts.length === 7) {
    const [, , , region, account, , vaultName] = parts as [string, string, string, string, string, string, string];
    return { region, account, vaultName };
  }
  const { region, account, resourceName } = Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME);
  return { region: region!, account: account!, vaultName: resourceName! };
}

/** The ARN of a vault by its name: needs nothing from the stack that defines it. */
export function computedVaultArn(consumer: IConstruct, vault: IConstruct, vaultName: string): string {
  const home = Stack.of(vault);
  const here = Stack.of(consumer);
  const unknown = (['region', 'account'] as const).find((part) => Token.isUnresolved(home[part]) && home[part] !== here[part]);
  if (unknown) {
    throw new ConfigurationError(
      'VaultPlaceUnknown',
      `vault '${vault.node.path}' is used in another place, but its ${unknown} is only known at deploy time: set 'env' of stack '${home.node.path}'`,
      consumer,
    );
  }
  return Arn.format({
    partition: home.partition,
    service: 'backup',
    region: home.region,
    account: home.account,
    resource: 'backup-vault',
    resourceName: vaultName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * An attribute of a vault that is referred to where it is deployed, so that CloudFormation knows the order, and is plain
 * text everywhere else. The attribute of an ordinary L2 becomes an export as soon as a stack allows cross-Region references.
 */
export function attributeOrText(vault: IConstruct, attribute: string, text: (consumer: IConstruct) => string): string {
  return Token.asString(new OwnAttribute(Stack.of(vault), attribute, text));
}

class OwnAttribute implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly home: Stack,
    private readonly attribute: string,
    private readonly text: (consumer: IConstruct) => string,
  ) {}

  public resolve({ scope }: IResolveContext): string {
    return deployedTogether(this.home, Stack.of(scope)) ? this.attribute : this.text(scope);
  }

  public toString(): string {
    return Token.asString(this);
  }
}
