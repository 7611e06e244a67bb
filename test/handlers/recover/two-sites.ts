import { initialRegister, type PeerStatus, type RunInput, type RunStep, type SiteRegister } from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';
import { FakeSite } from './fakes';

/** What the active site remembers before anything has happened. */
export const BEGUN = initialRegister(siteConfig(TOKYO));
/** What Osaka says of itself then. */
export const OSAKA_IS: PeerStatus = { site: OSAKA, role: 'standby', epoch: 0, seen: 0, diverted: false, reclaimed: false };
export const SWITCHOVER: RunInput = { kind: 'switchover', id: 'run-2', by: 'a test' };

/** Steps, those of one item with its name. */
export type Steps = readonly (RunStep | readonly [RunStep, string])[];

export const BEFORE_PROMOTION = ['begin', 'inject', 'fence', 'measure', 'drain'] as const satisfies Steps;
export const PROMOTION = [['promote', 'orders'], ['promote', 'carts'], ['scale', 'api'], 'verify'] as const satisfies Steps;
/** All of a takeover until users may come. */
export const TO_VERIFIED = [...BEFORE_PROMOTION, ...PROMOTION] as const satisfies Steps;
export const TAKE_OVER = [...TO_VERIFIED, 'switch', 'settle'] as const satisfies Steps;

/** Tokyo, active but for what its register is to say. */
export function home(register: Partial<SiteRegister> = {}): FakeSite {
  const site = new FakeSite(TOKYO);
  site.stored = { version: 1, register: { ...BEGUN, ...register } };
  return site;
}
