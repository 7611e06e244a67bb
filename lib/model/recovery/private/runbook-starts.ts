import { words } from '../../time';
import { APPROVE_STEP, type SwitchPlan } from '../region-switch';
import type { RunbookSite } from '../render-runbook';

/** Text of a shell, in Markdown. */
export function block(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

/** Who or what notices that a site is lost. */
export function noticed(sites: readonly RunbookSite[]): string {
  const told = sites.flatMap((site) => [...watched(site), ...rung(site)]);
  const { approval } = sites[0].config;
  const asked = approval.required
    ? 'Each of these asks for a failover as a person does, so that somebody has to approve it as below.'
    : 'A failover begins at once then. Where the agent of the lost Region cannot be reached it ends as *aborted*: start it as below, once you have seen that nothing writes there.';
  return [
    '## How a loss is noticed',
    ...(told.length === 0
      ? ['Nothing of this recovery notices a loss: a person does, and starts the failover as below.']
      : [told.join('\n'), asked]),
  ].join('\n\n');
}

function watched({ config: { site, watch }, failures }: RunbookSite): readonly string[] {
  return watch === undefined || failures === undefined
    ? []
    : [
        `- While ${site} waits, it asks \`${watch.active.url}\` every minute. After ${failures} silences in a row an alarm rings there, and only while \`${watch.control.url}\` ` +
          `answers: otherwise ${site} may itself be cut off, and another alarm says that nobody would notice a loss.`,
      ];
}

function rung({ config: { site }, alarms }: RunbookSite): readonly string[] {
  return alarms.map((alarm) => `- The alarm \`${alarm}\` of ${site} rings.`);
}

/** How the same runs are started by ARC Region switch, where there are plans. */
export function planned(sites: readonly RunbookSite[], plans: readonly SwitchPlan[]): readonly string[] {
  if (plans.length === 0) {
    return [];
  }
  const { approval, site } = sites[1].config;
  const asks = plans.some((plan) => plan.asks);
  return [
    [
      '## By a plan of ARC Region switch',
      'Another place to start the same runs from: it needs only the Region that is made active, which is given here.',
      block(
        [
          `REGION=${site}`,
          ...plans.map(({ name, kind }) => `PLAN=${name} # ${kind}`),
          'ARN=$(aws arc-region-switch list-plans-in-region --region "$REGION" --query "plans[?name==\'$PLAN\'].arn" --output text)',
          'aws arc-region-switch start-plan-execution --region "$REGION" --plan-arn "$ARN" --target-region "$REGION" \\',
          '  --action activate --mode graceful',
        ].join('\n'),
      ),
      '**Always `graceful`**, after the loss of a Region too: ungracefully ARC skips all that recovers, and reports success.',
      ...(asks
        ? [
            `The failover waits in its step *${APPROVE_STEP}*, for ${words(approval.timeoutMs)}. Whoever approves it also says that nothing writes any more in the Region that is left: approve only ` +
              'what you have seen.',
            block(
              `aws arc-region-switch approve-plan-execution-step --region "$REGION" --plan-arn "$ARN" --execution-id <id> \\\n  --step-name ${APPROVE_STEP} --approval approve`,
            ),
          ]
        : []),
      'A plan that pauses says how its run has ended: see *How runs end*. Cancelling the plan does not stop the machine.',
    ].join('\n\n'),
  ];
}
