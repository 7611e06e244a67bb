import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** Where a site takes connections. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Stands in for a client's resolver and the load balancers behind the name: what it connects follows the answer of DNS, kept for its time to live. */
export interface Doorway {
  readonly port: number;
  /** Where the next connection would go. */
  leadsTo(): string | undefined;
  stop(): Promise<void>;
}

/** Opens a port that leads to the site that `resolve` names. An answer is used until it is `ttlMs` old, as resolvers do. */
export async function openDoorway(
  resolve: () => Promise<string | undefined>,
  addresses: Readonly<Record<string, Address>>,
  ttlMs: number,
): Promise<Doorway> {
  const open = new Set<Socket>();
  let answer: { readonly site: string | undefined; readonly untilMs: number } = { site: undefined, untilMs: 0 };
  const site = async (): Promise<string | undefined> => {
    if (Date.now() >= answer.untilMs) {
      answer = { site: await resolve().catch(() => undefined), untilMs: Date.now() + ttlMs };
    }
    return answer.site;
  };
  const server = createServer(async (client) => {
    const address = addresses[(await site()) ?? ''];
    if (address === undefined) {
      client.destroy();
      return;
    }
    const behind = dial(address.port, address.host);
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(from);
      from
        .on('error', () => to.destroy())
        .on('close', () => {
          open.delete(from);
          to.destroy();
        })
        .pipe(to);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    leadsTo: () => answer.site,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        for (const socket of open) {
          socket.destroy();
        }
      }),
  };
}
