import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { answer, forward } from "./relay.ts";
import { type Stranger, startStranger } from "./strangers.ts";

/** A request that came by: `GET kv?limit&prefix`, and of a batch what it asks for: `POST kv:batch put a, delete b`. */
export interface Watched extends Stranger {
  /** Since the last time that this was asked. */
  seen(): readonly string[];
  /** Answers instead of the service, when it says true. */
  meddle(by: Meddler): void;
}

/** `onward` lets the service do what was asked. */
export type Meddler = (
  request: string,
  response: ServerResponse,
  onward: () => Promise<Response>,
) => boolean | Promise<boolean>;

/** Stands between Terraform and the service, and writes down what is asked for. */
export async function startWatched(target: string): Promise<Watched> {
  let seen: string[] = [];
  let meddles: Meddler = () => false;
  const proxy = await startStranger((request, response) => {
    const relay = async () => {
      const body = await buffer(request);
      const told = inShort(`${request.method}`, `${request.url}`, body);
      seen.push(told);
      const onward = () => forward(target, request, body);
      if (!(await meddles(told, response, onward))) await answer(response, await onward());
    };
    relay().catch(() => response.destroy());
  });
  return {
    ...proxy,
    seen() {
      const since = seen;
      seen = [];
      return since;
    },
    meddle(by) {
      meddles = by;
    },
  };
}

function inShort(method: string, url: string, body: Buffer): string {
  const { pathname, searchParams } = new URL(url, "http://service");
  const what = `${method} ${pathname.split("/").at(-1)}`;
  const names = [...searchParams.keys()].sort().join("&");
  if (!pathname.endsWith("kv:batch")) return names ? `${what}?${names}` : what;
  const { operations } = JSON.parse(body.toString()) as { operations: { op: string; key: string }[] };
  return `${what} ${operations.map(({ op, key }) => `${op} ${key}`).join(", ")}`;
}
