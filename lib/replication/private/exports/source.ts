import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { known } from '../../../core/private/known';
import { insist } from '../../../core/private/problems';
import { differ } from '../../../model/differ';
import { checkExportSource } from '../../../model/limits/exports';
import { labelOf, type ResourceType } from '../../../model/services';
import { placeOf, targetOf } from '../../../services';
import type { Target } from '../../../services/service';
import { textOf } from '../../../services/settings';

/** Checks that a construct is something of these types, beside the machine that exports it: Step Functions calls its own Region only. */
export function sourceOf(scope: IConstruct, prop: string, construct: IConstruct, types: readonly ResourceType[]): Target {
  const target = targetOf(scope, construct);
  if (!types.includes(target.type)) {
    throw new ConfigurationError(
      'NotExportable',
      `'${prop}' is '${target.id}', ${labelOf(target.type)}: give one of ${types.map((type) => labelOf(type)).join(', ')}`,
      scope,
    );
  }
  const here = Stack.of(scope);
  const there = placeOf(target);
  for (const part of ['region', 'account'] as const) {
    if (differ(known(here[part]), there[part])) {
      throw new ConfigurationError(
        'ExportElsewhere',
        `'${prop}' is '${target.id}' in ${there[part]}, but its export would run in ${here[part]}: make the export in a stack of ${there[part]}`,
        scope,
      );
    }
  }
  return target;
}

/** The engine of a database, as far as it is known. */
export function engineOf({ cfn, construct }: Target): string | undefined {
  const { engine } = construct as { readonly engine?: { readonly engineType?: string } };
  return cfn ? textOf(cfn, 'engine')?.toLowerCase() : engine?.engineType;
}

/** Refuses a database that RDS exports nothing of. */
export function requireExportable(scope: IConstruct, target: Target): void {
  insist(scope, ...checkExportSource({ type: target.type, engine: engineOf(target), region: placeOf(target).region }));
}
