import type { WorkflowState } from '../../model/verification';
import { begin } from './begin';
import { clean } from './clean';
import { conclude } from './conclude';
import { look } from './look';
import type { StepPorts, WatchPorts } from './ports';
import { type ReceivedEvent, start, sweep } from './start';
import { watch } from './watch';

/** What the function is called with: by the state machine with a step, by EventBridge with an event. */
export type Received = ReceivedEvent & { readonly step?: string; readonly state?: WorkflowState };

/** Where the ports come from; they are made when they are needed, for no call needs all. */
export interface Bindings {
  steps(): StepPorts;
  watch(): WatchPorts;
  readonly machineArn: string;
}

const STEPS = { begin, look, clean, conclude } as const;

/** Does what it is called for. */
export async function route(received: Received, { steps, watch: watching, machineArn }: Bindings): Promise<unknown> {
  const { step, state } = received ?? {};
  if (step !== undefined) {
    if (!Object.hasOwn(STEPS, step) || typeof state !== 'object' || state === null) {
      throw new Error('the state machine has asked for a step that does not exist');
    }
    return STEPS[step as keyof typeof STEPS](state, steps());
  }
  switch (received?.['detail-type']) {
    case 'Restore Job State Change':
      return start(received, machineArn, watching());
    case 'Step Functions Execution Status Change':
      return sweep(received, machineArn, watching());
    case 'Scheduled Event':
      return watch(machineArn, watching());
    default:
      throw new Error('the event is none that this function knows');
  }
}
