import type { SiteRegister } from './register';

/** What a register is to become; or why it must not. */
export type Transition =
  | { readonly register: SiteRegister; readonly refusal?: undefined }
  | { readonly register?: undefined; readonly refusal: string };

export function to(register: SiteRegister): Transition {
  return { register };
}

export function refused(refusal: string): Transition {
  return { refusal };
}
