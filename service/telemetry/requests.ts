import type { Watched } from "./exchanges.ts";
import { counter, type Figure, gauge, type Sample } from "./figure.ts";
import { Histogram } from "./histogram.ts";

/** Other methods are one series: a caller must not be able to make new ones. */
const OTHER_METHOD = "other";
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]);
/** What a request to an address that the service does not know, or not by this method, is counted under. */
const NO_ROUTE = "none";
/** Where the digit of their status would be, of requests whose answer was not taken to its end. */
const ABORTED = 0;

interface Series {
  readonly method: string;
  readonly route: string;
  /** By the status's first digit. */
  readonly byClass: Float64Array;
  readonly seconds: Histogram;
}

/** Counts requests. On the path of every one of them, so it looks up and adds, and makes nothing. */
export class Requests {
  readonly #series = new Map<string, Map<string, Series>>();
  #inFlight = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  began(): void {
    this.#inFlight += 1;
  }

  ended({ req, bytes, route, statusCode, writableFinished }: Watched, seconds: number): void {
    this.#inFlight -= 1;
    this.#bytesIn += req.bytes;
    this.#bytesOut += bytes;
    const series = this.#seriesOf(req.method ?? "", route ?? NO_ROUTE);
    const at = writableFinished ? Math.floor(statusCode / 100) : ABORTED;
    series.byClass[at] = (series.byClass[at] as number) + 1;
    series.seconds.observe(seconds);
  }

  figures(): readonly Figure[] {
    const each = (samples: (series: Series) => readonly Sample[]) => () =>
      [...this.#series.values()].flatMap((methods) => [...methods.values()].flatMap(samples));
    return [
      {
        name: "nskv_http_requests_total",
        type: "counter",
        help: "Requests that have ended, by method, route pattern and class of status; aborted: the caller went away.",
        read: each(({ method, route, byClass }) =>
          [...byClass].flatMap((value, digit) =>
            value === 0
              ? []
              : [{ labels: { method, route, status: digit === ABORTED ? "aborted" : `${digit}xx` }, value }],
          ),
        ),
      },
      {
        name: "nskv_http_request_duration_seconds",
        type: "histogram",
        help: "From a request's headers to the last byte of its answer.",
        read: each(({ method, route, seconds }) => seconds.samples({ method, route })),
      },
      gauge("nskv_http_requests_in_flight", "Requests under way, the scrape itself among them.", () => this.#inFlight),
      counter("nskv_http_request_body_bytes_total", "Bytes of bodies received.", () => this.#bytesIn),
      counter("nskv_http_response_body_bytes_total", "Bytes of bodies sent.", () => this.#bytesOut),
    ];
  }

  #seriesOf(method: string, route: string): Series {
    return this.#series.get(route)?.get(method) ?? this.#newSeries(METHODS.has(method) ? method : OTHER_METHOD, route);
  }

  #newSeries(method: string, route: string): Series {
    const methods = this.#series.get(route) ?? new Map<string, Series>();
    this.#series.set(route, methods);
    const series = methods.get(method) ?? { method, route, byClass: new Float64Array(6), seconds: new Histogram() };
    methods.set(method, series);
    return series;
  }
}
