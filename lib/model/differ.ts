/** Whether two places differ; `undefined` where that is only known at deploy time. */
export function differ(one: string | undefined, other: string | undefined): boolean | undefined {
  return one === undefined || other === undefined ? undefined : one !== other;
}
