/** One line of a run's events.jsonl, by its coordinator or its supervisor; the other fields depend on the type. */
export interface RunEvent {
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}
