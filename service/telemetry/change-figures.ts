import type { ChangesLag } from "../domain/change-store.ts";
import type { Backlog } from "../domain/webhook-store.ts";
import { type Figure, gauge, samplesBy } from "./figure.ts";
import { withinPatience } from "./store-figures.ts";

/** Who follows the change log, and how far they lag behind those who write. */
export function watchFigures(watchers: () => number, lag: () => Promise<ChangesLag>): readonly Figure[] {
  const lagging = (name: string, help: string, of: (lag: ChangesLag) => number): Figure => ({
    name,
    type: "gauge",
    help,
    read: async () => [{ value: of(await withinPatience(lag())) }],
  });
  return [
    gauge("nskv_watchers", "Streams and long polls that wait for changes.", watchers),
    lagging(
      "nskv_change_log_lag_seconds",
      "For how long an unfinished transaction has kept changes from those who watch.",
      ({ seconds }) => seconds,
    ),
    lagging("nskv_change_log_hidden_changes", "Places in the log that cannot be read yet.", ({ ids }) => ids),
  ];
}

/** Attempts of this process, by how they ended. */
export interface AttemptCounts {
  readonly taken: number;
  readonly refused: number;
}

export const webhookFigures = (attempts: () => AttemptCounts, backlog: () => Promise<Backlog>): readonly Figure[] => [
  {
    name: "nskv_webhook_attempts_total",
    type: "counter",
    help: "Attempts of this replica to tell a webhook of a change.",
    read: () => samplesBy("outcome", { ...attempts() }),
  },
  {
    name: "nskv_webhook_deliveries",
    type: "gauge",
    help: "Changes that webhooks have yet to take, and those that were given up.",
    read: async () => samplesBy("state", { ...(await withinPatience(backlog())) }),
  },
];
