import { collectDefaultMetrics, type Metric, Registry } from "prom-client";
import type { Figure } from "./figure.ts";

export interface Metrics {
  /** Every scrape reads it from now on. Fails when the name is taken. */
  add(...figures: readonly Figure[]): void;
  /** In Prometheus' text format. What fails to read is left out, the rest is there. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** How often the event loop's lag is looked at; prom-client's 10 ms would wake an idle process a hundred times a second. */
const LAG_PRECISION_MS = 50;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  return {
    add(...figures) {
      // The registry asks no more of a metric than this, though its type does.
      for (const figure of figures) registry.registerMetric(readAtScrape(figure) as unknown as Metric);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

const readAtScrape = ({ name, help, type, read }: Figure) => ({
  name,
  help,
  type,
  async get() {
    // A store that is away must not take the other figures with it: they tell that it is.
    const samples = await Promise.resolve()
      .then(read)
      .catch(() => []);
    const values = samples.map(({ suffix = "", labels = {}, value }) => ({
      metricName: `${name}${suffix}`,
      labels,
      value,
    }));
    return { name, help, type, values };
  },
});
