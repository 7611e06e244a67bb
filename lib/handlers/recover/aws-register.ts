import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SiteRegister } from '../../model/recovery';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { RegisterPort } from './ports';

/** Key of the item that a site is remembered in. */
const ID = { S: 'site' };

/** A register as an item of a table; role and epoch also stand beside it, for whoever reads it by hand. */
export function registerPort(clients: Pick<AwsClients, 'dynamodb'>, TableName: string): RegisterPort {
  return {
    read: async () => {
      const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName, Key: { id: ID }, ConsistentRead: true }));
      return Item && { register: JSON.parse(Item.document?.S ?? '') as SiteRegister, version: Number(Item.revision?.N) };
    },
    write: async (register, over) => {
      const command = new PutItemCommand({
        TableName,
        Item: {
          id: ID,
          revision: { N: `${(over ?? 0) + 1}` },
          document: { S: JSON.stringify(register) },
          role: { S: register.role },
          epoch: { N: `${register.epoch}` },
        },
        ...(over === undefined
          ? { ConditionExpression: 'attribute_not_exists(id)' }
          : { ConditionExpression: 'revision = :over', ExpressionAttributeValues: { ':over': { N: `${over}` } } }),
      });
      return (await unless(['ConditionalCheckFailedException'], clients.dynamodb.send(command))) !== undefined;
    },
  };
}
