import {
  type AttributeValue,
  DescribeTableCommand,
  GetItemCommand,
  type KeySchemaElement,
  type Projection,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { Unable } from '../checks/finding';
import { ask, askUnless, isThrottled } from './ask-aws';
import type { AwsClients } from './aws-clients';
import type { Attributes } from './item-hash';
import { pause } from './pause';
import type { ScannedPage, TablePort } from './table-port';
import type { DescribedTable } from './table-shape';

/** A table of little capacity is read as fast as it lets. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 20_000;

/** DynamoDB by the AWS SDK; a table may lie in another Region. */
export function awsTables(clients: AwsClients): TablePort {
  return {
    describe: (tableArn) => describe(clients, tableArn),
    scan: (tableArn, segment, segments, keyNames) => scan(clients, tableArn, segment, segments, keyNames),
    get: (tableArn, key) => get(clients, tableArn, key),
  };
}

async function describe(clients: AwsClients, tableArn: string): Promise<DescribedTable | undefined> {
  const { client, name } = placeOf(clients, tableArn);
  const found = await askUnless(['ResourceNotFoundException'], 'the table cannot be described', () =>
    client.send(new DescribeTableCommand({ TableName: name }), { abortSignal: clients.signal }),
  );
  const { Table: table } = found ?? {};
  if (!table) {
    return undefined;
  }
  const types = new Map((table.AttributeDefinitions ?? []).map(({ AttributeName: attribute, AttributeType: type }) => [attribute, type]));
  const keyOf = (schema: readonly KeySchemaElement[] = []) =>
    schema.map(({ AttributeName: attribute, KeyType: type }) => `${attribute} ${type} ${types.get(attribute) ?? '?'}`);
  const globals = table.GlobalSecondaryIndexes ?? [];
  const indexes = [
    ...globals.map((index) => ({ ...index, scope: 'global' })),
    ...(table.LocalSecondaryIndexes ?? []).map((index) => ({ ...index, scope: 'local' })),
  ].map((index) => [index.IndexName ?? '', `${index.scope} ${keyOf(index.KeySchema).join(', ')} ${projected(index.Projection)}`] as const);
  return {
    keys: keyOf(table.KeySchema),
    keyNames: (table.KeySchema ?? []).map(({ AttributeName: attribute }) => attribute as string),
    indexes: Object.fromEntries(indexes.sort()),
    unusable: globals
      .filter(({ IndexStatus: status }) => status !== 'ACTIVE')
      .map(({ IndexName: index, IndexStatus: status }) => `${index} is ${status}`),
  };
}

function projected({ ProjectionType: type, NonKeyAttributes: attributes = [] }: Projection = {}): string {
  return [type, ...[...attributes].sort()].join(' ');
}

async function* scan(
  clients: AwsClients,
  tableArn: string,
  segment: number,
  segments: number,
  keyNames: readonly string[],
): AsyncGenerator<ScannedPage> {
  const wanted =
    keyNames.length === 0
      ? { Select: 'COUNT' as const }
      : {
          ProjectionExpression: keyNames.map((_, index) => `#k${index}`).join(),
          ExpressionAttributeNames: Object.fromEntries(keyNames.map((name, index) => [`#k${index}`, name])),
        };
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await scanPage(clients, tableArn, { ...wanted, Segment: segment, TotalSegments: segments, ExclusiveStartKey: from });
    if (page.Count === undefined || (keyNames.length > 0 && page.Items?.length !== page.Count)) {
      throw new Unable('a page of the table is not complete');
    }
    yield { count: page.Count, keys: keyNames.length > 0 ? (page.Items ?? []) : [] };
    from = page.LastEvaluatedKey;
  } while (from && Object.keys(from).length > 0);
}

async function scanPage(
  clients: AwsClients,
  tableArn: string,
  input: Omit<ConstructorParameters<typeof ScanCommand>[0], 'TableName'>,
): Promise<ScanCommandOutput> {
  const { client, name } = placeOf(clients, tableArn);
  const command = new ScanCommand({ TableName: name, ...input });
  const untilMs = Date.now() + clients.patience.throttledMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await client.send(command, { abortSignal: clients.signal });
    } catch (error) {
      if (!isThrottled(error) || Date.now() + pauseMs > untilMs) {
        return ask('the table cannot be read', () => Promise.reject(error));
      }
    }
    await pause(pauseMs, clients.signal);
  }
}

async function get(clients: AwsClients, tableArn: string, key: Attributes): Promise<Attributes | undefined> {
  const { client, name } = placeOf(clients, tableArn);
  const command = new GetItemCommand({ TableName: name, Key: key as Record<string, AttributeValue> });
  const found = await ask('an item cannot be read', () => client.send(command, { abortSignal: clients.signal }));
  return found.Item;
}

function placeOf(clients: AwsClients, tableArn: string) {
  const [, , service, region, , rest] = (tableArn ?? '').split(':');
  const name = rest?.split('/')[1];
  if (service !== 'dynamodb' || !name) {
    throw new Unable(`'${tableArn}' is no table`);
  }
  return { client: clients.dynamodb(region), name };
}
