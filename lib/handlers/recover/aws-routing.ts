import type { RoutingControlTraffic } from '../../model/recovery';
import type { AwsClients } from './aws-clients';
import { signedCall } from './signed-call';

/** Sets routing controls together, by whichever endpoint of the cluster answers. */
export async function setControls(
  clients: AwsClients,
  traffic: RoutingControlTraffic,
  states: Readonly<Record<string, boolean>>,
): Promise<void> {
  const entries = Object.entries(states).map(([site, on]) => ({
    RoutingControlArn: traffic.controls[site],
    RoutingControlState: on ? 'On' : 'Off',
  }));
  const problems: string[] = [];
  for (const { url: endpoint, region } of traffic.endpoints) {
    try {
      const body = { UpdateRoutingControlStateEntries: entries };
      const call = {
        service: 'route53-recovery-cluster',
        endpoint,
        region,
        target: 'ToggleCustomerAPI.UpdateRoutingControlStates',
        version: '1.0',
        body,
      } as const;
      await signedCall(clients, call);
      return;
    } catch (error) {
      problems.push(`${region}: ${(error as Error).message}`);
    }
  }
  throw new Error(`no endpoint of the cluster has set the routing controls: ${problems.join('; ')}`);
}
