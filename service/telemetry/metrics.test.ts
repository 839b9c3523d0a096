import { expect, it } from "vitest";
import { counter, gauge, infoFigure, samplesBy } from "./figure.ts";
import { createMetrics } from "./metrics.ts";

/** Without what prom-client tells of the process. */
const ownLines = (text: string) => text.split("\n").filter((line) => /nskv_/.test(line));

it("figures are read at each scrape, and are written as Prometheus reads them", async () => {
  const metrics = createMetrics();
  let count = 0;
  metrics.add(
    counter("nskv_things_total", "Things.", () => ++count),
    { name: "nskv_queue", type: "gauge", help: "Q.", read: async () => samplesBy("queue", { find: 2, commit: 0 }) },
    infoFigure({ version: '1"2' }),
  );
  await metrics.text();
  expect(ownLines(await metrics.text())).toEqual([
    "# HELP nskv_things_total Things.",
    "# TYPE nskv_things_total counter",
    "nskv_things_total 2",
    "# HELP nskv_queue Q.",
    "# TYPE nskv_queue gauge",
    'nskv_queue{queue="find"} 2',
    'nskv_queue{queue="commit"} 0',
    "# HELP nskv_build_info Always 1.",
    "# TYPE nskv_build_info gauge",
    'nskv_build_info{version="1\\"2"} 1',
  ]);
});

it("a figure that cannot be read is left out, and the others are there", async () => {
  const metrics = createMetrics();
  const fails = () => {
    throw new Error("canary");
  };
  metrics.add(
    { name: "nskv_a", type: "gauge", help: "A.", read: fails },
    { name: "nskv_b", type: "gauge", help: "B.", read: async () => fails() },
    gauge("nskv_c", "C.", () => undefined),
    gauge("nskv_d", "D.", () => 4),
  );
  const samples = ownLines(await metrics.text()).filter((line) => !line.startsWith("#"));
  expect(samples).toEqual(["nskv_d 4"]);
});

it("the process tells of its memory and its event loop", async () => {
  const text = await createMetrics().text();
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m);
});

it("a name is taken once", () => {
  const metrics = createMetrics();
  const figure = gauge("nskv_a", "A.", () => 1);
  metrics.add(figure);
  expect(() => metrics.add(figure)).toThrow("already been registered");
});
