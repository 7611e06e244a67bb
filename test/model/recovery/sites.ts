import type { PeerConfig, SiteConfig } from '../../../lib/model/recovery';
import { HOUR, MINUTE } from '../../../lib/model/time';

export const TOKYO = 'ap-northeast-1';
export const OSAKA = 'ap-northeast-3';

/** A site of a warm standby with a replica, a table and a service. */
export function siteConfig(site: string, more: Partial<SiteConfig> = {}): SiteConfig {
  const peers: readonly PeerConfig[] = [TOKYO, OSAKA]
    .filter((other) => other !== site)
    .map((other) => ({ site: other, agent: 'orders-agent' }));
  return {
    version: 1,
    recovery: 'Orders',
    site,
    home: TOKYO,
    peers,
    strategy: { kind: 'warm-standby', standbyCapacity: 0.25 },
    objective: { rpoMs: 5 * MINUTE, rtoMs: HOUR },
    register: 'orders-register',
    data: [
      {
        kind: 'rds-replica',
        name: 'orders',
        order: 1,
        instance: 'orders',
        instanceArn: `arn:aws:rds:${site}:111122223333:db:orders`,
        securityGroups: ['sg-open'],
        fenceSecurityGroup: 'sg-fence',
        rebuild: { subnetGroup: 'subnets', keyArn: `arn:aws:kms:${site}:111122223333:key/1` },
      },
      { kind: 'dynamodb-global', name: 'carts', order: 2, table: 'carts' },
    ],
    compute: [{ kind: 'ecs', name: 'api', order: 1, full: 8, standby: 2, cluster: 'shop', service: 'api' }],
    traffic: { kind: 'latch', settleMs: 90_000 },
    probes: [{ kind: 'http', name: 'api', url: 'https://api.example.com/health', status: 200 }],
    approval: { required: false, timeoutMs: HOUR },
    topicArn: `arn:aws:sns:${site}:111122223333:orders`,
    ...more,
  };
}
