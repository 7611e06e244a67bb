import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { differ } from '../../model/differ';
import { placeOf } from '../../services';
import type { Target } from '../../services/service';

/** What a source and its copies are about, in the words of the user. */
export interface Beside {
  readonly property: string;
  /** What would happen in the place of the construct instead, such as `its export would run`. */
  readonly otherwise: string;
}

/** Refuses a source in another Region or account than the construct that copies it. */
export function requireBeside(scope: IConstruct, target: Target, { property, otherwise }: Beside): void {
  const here = Stack.of(scope);
  const there = placeOf(target);
  for (const part of ['region', 'account'] as const) {
    if (differ(known(here[part]), there[part])) {
      throw new ConfigurationError(
        'SourceElsewhere',
        `'${property}' is '${target.id}' in ${there[part]}, but ${otherwise} in ${here[part]}: make it in a stack of ${there[part]}`,
        scope,
      );
    }
  }
}
