import type { PlanExecution } from '../../model/recovery/region-switch';
import { type SigningClients, signedCall } from '../recover/signed-call';

interface ListedPlan {
  readonly arn: string;
  readonly name: string;
  readonly activePlanExecution?: string;
}

/** The executions under way of plans of these names that make this Region active, as the data plane of this Region tells of them. */
export async function executionsOf(
  clients: SigningClients,
  names: readonly string[],
): Promise<readonly (PlanExecution & { readonly plan: string })[]> {
  const found: (PlanExecution & { readonly plan: string })[] = [];
  for (const { arn, name, activePlanExecution } of await plansIn(clients)) {
    if (!names.includes(name) || !activePlanExecution) {
      continue;
    }
    const {
      executionRegion,
      executionAction,
      stepStates = [],
    } = await ask(clients, 'GetPlanExecution', {
      planArn: arn,
      executionId: activePlanExecution,
    });
    if (executionRegion === clients.region && executionAction === 'activate') {
      const steps = (stepStates as readonly { name?: string; status?: string }[]).map(({ name: step = '', status = '' }) => ({
        name: step,
        status,
      }));
      found.push({ plan: name, id: activePlanExecution, steps });
    }
  }
  return found;
}

async function plansIn(clients: SigningClients): Promise<readonly ListedPlan[]> {
  const found: ListedPlan[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask(clients, 'ListPlansInRegion', nextToken === undefined ? {} : { nextToken });
    found.push(...((page.plans ?? []) as readonly ListedPlan[]));
    nextToken = page.nextToken as string | undefined;
  } while (nextToken !== undefined);
  return found;
}

/** The data plane has addresses of its own kind (endpoint rules of arc-region-switch 2022-07-26). */
async function ask(clients: SigningClients, operation: string, body: object): Promise<Record<string, unknown>> {
  const said = await signedCall(clients, {
    service: 'arc-region-switch',
    endpoint: process.env.AWS_ENDPOINT_URL ?? `https://arc-region-switch.${clients.region}.${suffixOf(clients.region)}`,
    target: `ArcRegionSwitch.${operation}`,
    version: '1.0',
    body,
  });
  return JSON.parse(said);
}

function suffixOf(region: string): string {
  return region.startsWith('cn-') ? 'api.amazonwebservices.com.cn' : 'api.aws';
}
