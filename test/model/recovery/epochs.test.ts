import * as fc from 'fast-check';
import { guardDecision, initialRegister, nextEpoch, type PeerStatus, type SiteRegister } from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from './sites';

test('epochs only grow, and two sites never take the same one', () => {
  const epochs = fc.array(fc.nat(1_000), { maxLength: 6 });
  fc.assert(
    fc.property(epochs, epochs, (one, other) => {
      const tokyo = nextEpoch(siteConfig(TOKYO), one);
      const osaka = nextEpoch(siteConfig(OSAKA), other);
      expect(tokyo).toBeGreaterThan(Math.max(0, ...one));
      expect(tokyo).toBeLessThanOrEqual(Math.max(0, ...one) + 2);
      expect(tokyo).not.toBe(osaka);
    }),
  );
});

test.each([
  [TOKYO, 'warm-standby', 'active'],
  [OSAKA, 'warm-standby', 'standby'],
  [OSAKA, 'multi-site', 'active'],
] as const)('%s of a %s is %s before its first run', (site, kind, role) => {
  expect(initialRegister({ ...siteConfig(site), strategy: { kind, standbyCapacity: 1 } }).role).toBe(role);
});

const register: SiteRegister = { ...initialRegister(siteConfig(TOKYO)), epoch: 2, seen: 2, diverted: true, tookFrom: OSAKA };
const peer: PeerStatus = { site: OSAKA, role: 'active', epoch: 2, seen: 2, diverted: false, reclaimed: false };
const guarded = { site: TOKYO, everywhere: true, nowMs: 0 };

test('where all sites are active, one that has joined again shares the traffic', () => {
  expect(guardDecision(register, [peer], guarded)).toMatchObject({ share: true, conflict: false, tell: [] });
  expect(guardDecision(register, [{ ...peer, epoch: 1 }], guarded)).toMatchObject({ share: false, conflict: true, tell: [OSAKA] });
  expect(guardDecision(register, [undefined], guarded)).toMatchObject({ share: false, conflict: false, tell: [] });
});

test('what cannot be reached changes nothing', () => {
  const { stalled, ...rest } = guardDecision({ ...register, reclaimed: true }, [undefined], { ...guarded, everywhere: false });
  expect(stalled).toBeUndefined();
  expect(rest).toEqual({ tell: [], released: false, share: false, conflict: false });
});
