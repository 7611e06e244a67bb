import { known } from '../../core/private/known';
import type { ResourceType } from '../../model/services';
import { checkerOf } from '../../model/verification';
import { settingOf } from '../../services/settings';
import type { TestedResource } from './tested-resources';

/** Where databases listen unless they are told otherwise, of those that the network does not let in already (their user guides). */
const USUAL: Readonly<Partial<Record<ResourceType, number>>> = { DocumentDB: 27017, Neptune: 8182 };
const SCHEMES: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/** Ports of what is restored that checks reach from inside the network, as far as they are known; a restored database keeps its own. */
export function portsOf(resources: readonly TestedResource[]): ReadonlySet<number> {
  const ports = resources.flatMap(({ target: { type, cfn }, specs }) => {
    const own = (cfn && settingOf(cfn, 'port')) ?? (cfn && settingOf(cfn, 'dbPort')) ?? USUAL[type];
    return specs.flatMap((spec) => {
      if (spec.kind === 'http') {
        return spec.inside && known(spec.url) !== undefined ? [portOf(spec.url, own)] : [];
      }
      return checkerOf(spec) === 'sql' ? [numberOf(own)] : [];
    });
  });
  return new Set(ports.filter((port) => port !== undefined));
}

function portOf(url: string, own: unknown): number | undefined {
  if (url.includes('{port}')) {
    return numberOf(own);
  }
  const { port, protocol } = new URL(url.replaceAll('{host}', 'host'));
  return port === '' ? SCHEMES[protocol] : Number(port);
}

/** A port as text or number; nothing where only deployment tells. */
function numberOf(own: unknown): number | undefined {
  const port = Number(own);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}
