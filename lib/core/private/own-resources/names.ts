import type { CfnResource } from 'aws-cdk-lib/core';
import { checkName, type NamedThing, type Problem } from '../../../model/limits';
import { templateOf, textIn } from './properties';

/** Judges the names that a resource gives. */
export function judgeNames(things: Readonly<Record<string, NamedThing>>): (cfn: CfnResource) => readonly Problem[] {
  return (cfn) => {
    const properties = templateOf(cfn);
    return Object.entries(things)
      .map(([property, thing]) => checkName(thing, property.charAt(0).toLowerCase() + property.slice(1), textIn(properties[property])))
      .filter((problem) => problem !== undefined);
  };
}
