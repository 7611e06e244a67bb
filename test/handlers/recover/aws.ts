import type { AwsClients } from '../../../lib/handlers/recover/aws-clients';

/** Answers of SDK commands by their names; what is an error is thrown, what is a function is asked. */
export type Answers = Record<string, unknown>;

/** SDK clients that answer as a test says, and write down what changes something. */
export class FakeAws {
  public readonly calls: string[] = [];
  public readonly inputs: Record<string, Record<string, unknown>> = {};

  constructor(
    public readonly answers: Answers,
    public readonly region = 'ap-northeast-3',
  ) {}

  public get clients(): AwsClients {
    const client = (where = '') => ({
      send: async (command: { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> }) => {
        const name = command.constructor.name.replace(/Command$/, '');
        if (!/^(Describe|Get|List|Head)/.test(name)) {
          this.calls.push(`${name}${where}`);
        }
        this.inputs[name] = command.input;
        const answer = this.answers[name];
        const said = typeof answer === 'function' ? answer(command.input) : answer;
        if (said instanceof Error) {
          throw said;
        }
        return said ?? {};
      },
    });
    const of = (region?: string) => client(region === undefined || region === this.region ? '' : ` in ${region}`);
    const clients = {
      region: this.region,
      backup: client(),
      dynamodb: client(),
      sns: client(),
      rds: of,
      efs: of,
      cloudwatch: of,
      lambda: () => client(),
    };
    return clients as unknown as AwsClients;
  }
}

/** An error as a service names it. */
export function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
