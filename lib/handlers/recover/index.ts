import { PublishCommand } from '@aws-sdk/client-sns';
import { type AgentRequest, RECOVERY_MACHINE_VARIABLE } from '../../model/recovery';
import { AwsClients } from './aws-clients';
import { keepEvidence } from './aws-evidence';
import { startExperiment, stopExperiment } from './aws-experiments';
import { AwsFileSystems } from './aws-file-systems';
import { AwsFunctions } from './aws-functions';
import { AwsGlobalClusters } from './aws-global-clusters';
import { AwsInstances } from './aws-instances';
import { AwsBuckets, AwsTables } from './aws-live-copies';
import { siteConfigOf, startRun } from './aws-machine';
import { publish } from './aws-metrics';
import { askAgent } from './aws-peers';
import { probe } from './aws-probes';
import { registerPort } from './aws-register';
import { AwsRestores } from './aws-restores';
import { setControls } from './aws-routing';
import { AwsGroups, AwsServices } from './aws-services';
import type { Ports } from './ports';
import { route } from './route';

/** Acts for a site: called by its state machine, by the agents of other sites, and every minute. */
export async function handler(request: AgentRequest): Promise<unknown> {
  return route(request, portsOf(new AwsClients(process.env.AWS_REGION ?? ''), process.env[RECOVERY_MACHINE_VARIABLE] ?? ''));
}

function portsOf(clients: AwsClients, machineArn: string): Ports {
  const now = (): number => Date.now();
  return {
    now,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random()))),
    config: () => siteConfigOf(clients, machineArn),
    register: (table) => registerPort(clients, table),
    data: {
      'aurora-global': new AwsGlobalClusters(clients, now),
      'rds-replica': new AwsInstances(clients, now),
      'dynamodb-global': new AwsTables(clients, now),
      bucket: new AwsBuckets(clients, now),
      efs: new AwsFileSystems(clients, now),
      'recovery-points': new AwsRestores(clients, now),
    },
    compute: { ecs: new AwsServices(clients), asg: new AwsGroups(clients), lambda: new AwsFunctions(clients, now) },
    ask: (peer, request) => askAgent(clients, peer, request),
    probe: (config, facts) => probe(clients, config, facts, now()),
    publish: (config, values) => publish(clients, config, values, now()),
    route: (traffic, states) => setControls(clients, traffic, states),
    tell: async (TopicArn, { subject, text }) => {
      await clients.sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: text }));
    },
    keep: (config, evidence) => keepEvidence(clients, config, evidence),
    start: (name, run) => startRun(clients, machineArn, name, run),
    startExperiment: (template, name) => startExperiment(clients, template, name),
    stopExperiment: (id) => stopExperiment(clients, id),
    write: (line) => process.stdout.write(`${line}\n`),
  };
}
