/** What a doctor found about one thing. */
export interface Finding {
  readonly what: string;
  /** A `problem` keeps backups or restores from working; a `warning` will some day. */
  readonly state: 'fine' | 'warning' | 'problem';
  /** With the value, and with what to do unless it is fine. */
  readonly found: string;
}
