import type { ReportCopy, ReportResource, ReportVerdict } from '../report-json';
import { copiesWords } from './phrases';

/** At least one resource. */
export type Alike = readonly [ReportResource, ...ReportResource[]];

/** Resources of which everything that is told but the name is the same, in the order of the first of each. */
export function groupsOf(resources: readonly ReportResource[], placed: boolean): readonly Alike[] {
  const numberOf = numbered();
  const groups = new Map<string, [ReportResource, ...ReportResource[]]>();
  for (const resource of resources) {
    const { label, tier, rpoMs, rtoMs, copies, disruptions } = resource;
    const key = JSON.stringify([
      label,
      tier,
      rpoMs,
      rtoMs,
      copiesWords({ copies }),
      numberOf(disruptions),
      placed && numberOf(copies.places),
    ]);
    const group = groups.get(key);
    if (group) {
      group.push(resource);
    } else {
      groups.set(key, [resource]);
    }
  }
  return [...groups.values()];
}

/** A number for each list of verdicts or copies, the same for equal ones; hundreds of resources share one list. */
function numbered(): (list: readonly (ReportVerdict | ReportCopy)[]) => number {
  const lists = new Map<readonly (ReportVerdict | ReportCopy)[], number>();
  const texts = new Map<string, number>();
  return (list) => {
    const text = lists.has(list) ? '' : JSON.stringify(list);
    const number = lists.get(list) ?? texts.get(text) ?? lists.size;
    lists.set(list, number);
    if (text !== '') {
      texts.set(text, number);
    }
    return number;
  };
}

/** So many names of resources that are alike are told; all are in the JSON and in the Markdown. */
const NAMED = 5;

/** The names of resources that are alike, of many only the first. */
export function namesOf(resources: readonly ReportResource[]): string {
  const names = resources.slice(0, NAMED).map(({ name }) => name);
  const more = resources.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
