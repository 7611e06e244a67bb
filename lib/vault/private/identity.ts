import { Arn, ArnFormat, type IResolvable, type IResolveContext, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Whether two stacks are deployed to the same account and Region, as far as it is known. */
export function sameEnvironment(one: Stack, other: Stack): boolean {
  return one === other || (one.account === other.account && one.region === other.region);
}

/** The ARN of a vault by its name: needs nothing from the stack that defines it. */
export function computedVaultArn(home: Stack, vaultName: string, account: string = home.account): string {
  return Arn.format({
    partition: home.partition,
    service: 'backup',
    region: home.region,
    account,
    resource: 'backup-vault',
    resourceName: vaultName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * An attribute of a vault that is referred to in its own environment, so that CloudFormation knows the order, and is plain
 * text everywhere else. The attribute of an ordinary L2 becomes an export as soon as a stack allows cross-Region references.
 */
export function attributeOrText(home: IConstruct, attribute: string, text: string): string {
  return Token.asString(new OwnAttribute(Stack.of(home), attribute, text));
}

class OwnAttribute implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly home: Stack,
    private readonly attribute: string,
    private readonly text: string,
  ) {}

  public resolve(context: IResolveContext): string {
    return sameEnvironment(this.home, Stack.of(context.scope)) ? this.attribute : this.text;
  }

  public toString(): string {
    return Token.asString(this);
  }
}
