import { type CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';

/** Refuses a construct in another Region or account than its source: its alarms would never see data. */
export function requireBeside(scope: IConstruct, source: CfnResource): void {
  const [here, there] = [Stack.of(scope), Stack.of(source)];
  if (here.region !== there.region || here.account !== there.account) {
    throw new ConfigurationError(
      'ResourceElsewhere',
      `'${source.node.path}' is in another Region or account than its replication, whose alarms would never see data: make it in a stack of the resource's Region and account`,
      scope,
    );
  }
}
