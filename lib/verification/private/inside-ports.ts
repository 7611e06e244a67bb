import { known } from '../../core/private/known';
import type { ResourceType } from '../../model/services';
import { settingOf } from '../../services/settings';
import type { TestedResource } from './tested-resources';

/** Where databases listen unless they are told otherwise, of those that the network does not let in already (their user guides). */
const USUAL: Readonly<Partial<Record<ResourceType, number>>> = { DocumentDB: 27017, Neptune: 8182 };
const SCHEMES: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/** Ports of what is restored that checks ask from inside the network, as far as they are known. */
export function portsOf(resources: readonly TestedResource[]): ReadonlySet<number> {
  const ports = resources.flatMap(({ target: { type, cfn }, specs }) => {
    const own = (cfn && settingOf(cfn, 'port')) ?? (cfn && settingOf(cfn, 'dbPort')) ?? USUAL[type];
    return specs.flatMap((spec) => (spec.kind === 'http' && spec.inside && known(spec.url) !== undefined ? [portOf(spec.url, own)] : []));
  });
  return new Set(ports.filter((port) => port !== undefined));
}

function portOf(url: string, own: unknown): number | undefined {
  if (url.includes('{port}')) {
    const port = Number(own);
    return Number.isInteger(port) && port > 0 ? port : undefined;
  }
  const { port, protocol } = new URL(url.replaceAll('{host}', 'host'));
  return port === '' ? SCHEMES[protocol] : Number(port);
}
