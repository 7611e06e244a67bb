import { words } from '../time';
import { commandsFor } from './by-hand';
import type { DataConfig } from './data-config';
import { goOnAs } from './go-on';
import { namesOf, STRATEGY_WORDS } from './names';
import { block, planned as byPlan, noticed } from './private/runbook-starts';
import type { SwitchPlan } from './region-switch';
import type { SiteConfig } from './site-config';

/** What the runbook of one recovery is made of; what only deployment knows is in angle brackets. */
export interface RunbookParts {
  /** Home first. */
  readonly sites: readonly RunbookSite[];
  readonly drills: readonly { readonly words: string; readonly schedule: string }[];
  /** Plans of ARC Region switch that start runs too. */
  readonly plans: readonly SwitchPlan[];
}

/** A site as the runbook knows it. */
export interface RunbookSite {
  readonly config: SiteConfig;
  readonly account: string;
  readonly partition: string;
  readonly isActive: boolean;
  /** Records that lead here, in full. */
  readonly records: readonly string[];
  /** Names of the alarms of this Region that start the failover to it. */
  readonly alarms: readonly string[];
  /** Looks at the active site that fail in a row before the failover is asked for; left out where this site does not look. */
  readonly failures?: number;
}

/** The runbook of a recovery, with the names and commands of this one: for whoever has to act while nothing can be looked up. */
export function renderRunbook({ sites, drills, plans }: RunbookParts): string {
  const [home, ...others] = sites;
  const { recovery, strategy } = home.config;
  return [
    `# Runbook: ${recovery}`,
    `Written with the templates, from the same configuration. Strategy: **${STRATEGY_WORDS[strategy.kind]}**. What stands in angle brackets is only known ` +
      'to the deployment or to you; `aws cloudformation describe-stack-resources --stack-name <stack>` tells names.',
    sitesTable(sites),
    noticed(sites),
    ...others.map((other) => failover(home, other)),
    ...others.map((other) => planned(home, other)),
    ...others.map((other) => failback(home, other)),
    ...byPlan(sites, plans),
    drilled(drills),
    ends(sites),
    ...sites.map(byHand),
  ]
    .join('\n\n')
    .concat('\n');
}

function sitesTable(sites: readonly RunbookSite[]): string {
  const rows = sites.map(({ config, isActive, records }) => {
    const { agent, machine, register } = namesOf(config.recovery);
    const role = [config.site === config.home ? 'home' : 'takes over', isActive ? 'active as this was written' : 'waits'].join(', ');
    return `| ${config.site} | ${role} | \`${machine}\` | \`${agent}\` | \`${register}\` | ${records.map((name) => `\`${name}\``).join(', ') || '-'} |`;
  });
  return [
    '## Sites',
    '| Region | Role | State machine | Agent | Register | Records |\n| --- | --- | --- | --- | --- | --- |\n' + rows.join('\n'),
    'Which one is active now: ask both, the higher `epoch` counts. How far a run is: its steps are in there too, each with what it has found.',
    block(
      `aws dynamodb get-item --region <region> --table-name ${namesOf(sites[0].config.recovery).register} --key '{"id": {"S": "site"}}'`,
    ),
  ].join('\n\n');
}

function failover(home: RunbookSite, other: RunbookSite): string {
  const { approval, objective } = other.config;
  const promised = objective ? ` Promised: at most ${words(objective.rtoMs)} without service, and ${words(objective.rpoMs)} of data.` : '';
  return [
    `## ${home.config.site} is lost`,
    `Do this where ${home.config.site} does not serve users and will not within the time that you can afford.${promised} Do not do it for an error in the data: the other ` +
      'site has the same error, and point-in-time recovery is what helps.',
    numbered([
      `Start the failover. It runs in ${other.config.site} and needs nothing of ${home.config.site}.\n\n${block(startCommand(other, 'failover'))}`,
      ...(approval.required
        ? [
            `Within ${words(approval.timeoutMs)}, somebody approves it. The message in the topic of ${other.config.site} has this command with its token. Say \`otherSiteIsDown\` only if you have ` +
              `seen that nothing writes in ${home.config.site} any more: where its agent cannot be reached, nobody else can know.\n\n${block(
                `aws stepfunctions send-task-success --region ${other.config.site} --task-token <token> \\\n  --task-output '{"by": "<your name>", "otherSiteIsDown": true}'`,
              )}`,
          ]
        : [
            `Nobody is asked. Where the agent of ${home.config.site} cannot be reached, start it with \`"otherSiteIsDown": true\`, if you have seen that nothing writes there.`,
          ]),
      `The machine fences ${home.config.site}, ${stepsOf(other)}.`,
      `Set \`activeRegion: '${other.config.site}'\` in the code before anybody deploys, so that ${other.config.site} keeps its capacity.`,
    ]),
  ].join('\n\n');
}

/** What is done to data; those that take writes at every site are left as they are. */
const TAKEN_OVER: Readonly<Partial<Record<DataConfig['kind'], string>>> = {
  'rds-replica': 'promotes',
  'aurora-global': 'promotes',
  efs: 'ends the replication to',
  'recovery-points': 'restores',
};

function stepsOf({ config, records }: RunbookSite): string {
  const { data, compute, probes, traffic } = config;
  const promote = inOrder(data).flatMap(({ name, kind }) => (TAKEN_OVER[kind] ? [`${TAKEN_OVER[kind]} \`${name}\``] : []));
  const scale = inOrder(compute)
    .filter(({ standby, full }) => standby !== full)
    .map(({ name, standby, full }) => `scales \`${name}\` from ${standby} to ${full}`);
  const verify = probes.map(({ name }) => `looks at \`${name}\``);
  const turn =
    traffic.kind === 'none' ? [] : [`leads ${records.map((name) => `\`${name}\``).join(', ')} here and waits ${words(traffic.settleMs)}`];
  return [...promote, ...scale, ...verify, ...turn].join(', ');
}

function planned(home: RunbookSite, other: RunbookSite): string {
  return [
    `## Move to ${other.config.site} on purpose`,
    'Both sites have to be well; nothing is lost. Writing stops until the copy has caught up and was promoted.',
    block(startCommand(other, 'switchover')),
    `And back: as below, or a switchover started in ${home.config.site}.`,
  ].join('\n\n');
}

/** How to look for what a site has taken after it was left, in an instance that nobody can reach. */
function lateWrites({ config: { site, data } }: RunbookSite): readonly string[] {
  const said =
    'Where the topic has told *LATE*, the step `join` of the record says for how long writes were taken there that are in no data any more, and between which moments';
  if (!data.some(({ kind }) => kind === 'rds-replica')) {
    return [`${said}: look for them in the former data or in its newest recovery point, and enter by hand what is missed.`];
  }
  return [
    `${said}. Let only yourself in to the copy that it names, look for rows of that time by their own timestamps and numbers, and enter by hand what is missed:`,
    block(
      `aws rds modify-db-instance --region ${site} --db-instance-identifier '<instance>-before-<epoch>' --vpc-security-group-ids '<a group that lets only you in>' --apply-immediately`,
    ),
  ];
}

function failback(home: RunbookSite, other: RunbookSite): string {
  const replicas = home.config.data.filter(({ kind }) => kind === 'rds-replica').map(({ name }) => `\`${name}\``);
  return [
    `## Back to ${home.config.site}`,
    `When ${home.config.site} is there again, its guard has fenced it. Make it a standby again first; this takes as long as copying the data does, and users notice nothing. ` +
      `${replicas.length === 0 ? '' : `The former instance of ${replicas.join(', ')} is kept under the name \`<instance>-before-<epoch>\`: delete it when nothing is missed. `}` +
      'Look at what was written there last and never copied, before you delete anything.',
    block(startCommand(home, 'rebuild')),
    ...lateWrites(home),
    'Then, at an hour that suits, move the traffic back without loss:',
    block(startCommand(home, 'failback')),
    `Set \`activeRegion\` back to '${home.config.site}'. To stay in ${other.config.site} instead is as good: leave it as it is.`,
  ].join('\n\n');
}

function drilled(drills: RunbookParts['drills']): string {
  return [
    '## Drills',
    drills.length === 0
      ? 'None is scheduled. Start one by hand with `"kind": "rehearsal", "drill": true`: it touches neither traffic nor replication.'
      : drills.map((drill) => `- ${drill.words}: \`${drill.schedule}\``).join('\n'),
  ].join('\n\n');
}

function ends(sites: readonly RunbookSite[]): string {
  return [
    '## How runs end',
    [
      '- *Completed*: it did what it was asked for.',
      '- *Refused*: nothing was changed. The message in the topic says why.',
      '- *Aborted*: nothing was changed at the site that serves, and it goes on serving. A failback that had made its site a standby leaves it one. The last step says why; start another run with an id of its own.',
      '- *Rolled back*: what was changed was put back, the former site serves again.',
      '- *Halted*, in a rebuild or while a failback rebuilds: the active site serves and takes writes as before. Its data was not changed; this site may follow it only in part. Remove the cause and go on as below.',
      '- *Halted*, in any other run: there is no way back, only on. Nobody writes at the other site. Traffic is led here only if this site was verified, and stays where it was otherwise. Remove the cause and start the machine again with the **same id** in its input, under another name: it goes on where it stopped.',
      '- *Superseded*: another site has taken over in the meantime. Look which one is active, and rebuild this one.',
      '- *Not concluded*: the end could not be noted. The guard goes on within a quarter of an hour; or start it again with the same id.',
      '- *Failed*: a rehearsal has shown that recovering would not have worked. The record of the run says what has failed.',
    ].join('\n'),
    'To go on with a run, at its own site:',
    ...sites.map(({ config, account, partition }) =>
      block(
        `ID=<id of the run>\n${goOnAs({ ...config, account, partition }, '$ID', `{"kind": "<its kind>", "id": "'"$ID"'", "by": "<your name>"}`)}`,
      ),
    ),
    'A run that can never go on is given up: by a failover to whichever site shall serve, with `"abandon": "<id of the run>", "acceptOldData": true` in its input. What was ' +
      'written at the other site since that run has promoted data is lost. A rebuild that can never go on is given up by another one with `abandon`.',
  ].join('\n\n');
}

function byHand(site: RunbookSite): string {
  return [
    `## By hand at ${site.config.site}`,
    `Only where the machine itself cannot run. In this order, and only after nothing writes at the other site any more:`,
    block(commandsFor(site).join('\n')),
  ].join('\n\n');
}

function startCommand({ config, account, partition }: RunbookSite, kind: string): string {
  const { site, recovery } = config;
  const { machine } = namesOf(recovery);
  return (
    `ID=${kind}-$(date +%Y%m%d-%H%M)\naws stepfunctions start-execution --region ${site} --name "$ID" \\\n` +
    `  --state-machine-arn arn:${partition}:states:${site}:${account}:stateMachine:${machine} \\\n` +
    `  --input '{"kind": "${kind}", "id": "'"$ID"'", "by": "<your name>"}'`
  );
}

function inOrder<T extends { readonly order: number }>(items: readonly T[]): readonly T[] {
  return [...items].sort((one, other) => one.order - other.order);
}

function numbered(steps: readonly string[]): string {
  return steps.map((step, index) => `${index + 1}. ${step.replace(/\n(?=.)/g, '\n   ')}`).join('\n\n');
}
