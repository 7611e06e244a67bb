import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import type { AwsClients } from './aws-clients';
import { pagesOf } from './pages';
import type { Ports } from './ports';

const PER_PAGE = 100;

/** Resources by tag. What never had a tag is not found: neither is it by a selection that asks for one. */
export function tagPorts({ tagging, signal }: AwsClients): Pick<Ports, 'taggedResources'> {
  return {
    taggedResources: (region, filters, tags) =>
      pagesOf(async (PaginationToken) => {
        const request = new GetResourcesCommand({
          PaginationToken,
          ResourcesPerPage: PER_PAGE,
          ResourceTypeFilters: [...filters],
          TagFilters: tags.map(({ key, value }) => ({ Key: key, Values: [value] })),
        });
        const page = await tagging(region).send(request, { abortSignal: signal });
        const items = (page.ResourceTagMappingList ?? []).map(({ ResourceARN = '', Tags = [] }) => ({
          arn: ResourceARN,
          tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
        }));
        return { items, next: page.PaginationToken };
      }),
  };
}
