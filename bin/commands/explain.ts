import { DISRUPTIONS } from '../../lib/model/disruption';
import { type RecoveryReportJson, type ReportResource, type ReportVerdict, renderExplanation } from '../../lib/model/report';
import { CommandError } from './command-error';

/** Every term of every claim about one resource. */
export function explain(reports: readonly RecoveryReportJson[], resource: string, disruption?: string): string {
  return renderExplanation(find(reports, resource), disruption === undefined ? undefined : disruptionOf(disruption));
}

function find(reports: readonly RecoveryReportJson[], wanted: string): ReportResource {
  const resources = reports.flatMap((report) => report.resources);
  const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, '');
  const exact = resources.filter(({ id, name }) => plain(id) === plain(wanted) || plain(name) === plain(wanted));
  const found =
    exact.length > 0 ? exact : resources.filter(({ id, name }) => plain(id).includes(plain(wanted)) || plain(name).includes(plain(wanted)));
  const names = (some: readonly ReportResource[]): string => some.map(({ id }) => `'${id}'`).join(', ');
  if (found.length > 1) {
    throw new CommandError(`'${wanted}' means several resources: name one of ${names(found)}`);
  }
  const excluded = reports.flatMap(({ coverage }) => coverage.excluded).find(({ id }) => plain(id) === plain(wanted));
  if (found.length === 0 && excluded) {
    throw new CommandError(`'${excluded.id}' is excluded, so nothing is promised: '${excluded.reason}'`);
  }
  const bare = reports.flatMap(({ coverage }) => coverage.unprotected).find(({ id }) => plain(id) === plain(wanted));
  if (found.length === 0 && bare) {
    throw new CommandError(`'${bare.id}' is not protected, so nothing is promised: protect it, or exclude it with a reason`);
  }
  if (found.length === 0) {
    throw new CommandError(
      `the report has no resource '${wanted}': ${resources.length > 0 ? `name one of ${names(resources)}` : 'nothing is protected'}`,
    );
  }
  return found[0];
}

function disruptionOf(text: string): ReportVerdict['disruption'] {
  const wanted = text.toUpperCase().replace(/[\s-]+/g, '_');
  const found = DISRUPTIONS.find((disruption) => disruption === wanted);
  if (!found) {
    throw new CommandError(`there is no disruption '${text}': name one of ${DISRUPTIONS.join(', ')}`);
  }
  return found;
}
