/** One server-sent event as a client dispatches it. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: ChangeMembers;
}

/** What the data of events has; which event has what is what the test asserts. */
export interface ChangeMembers {
  readonly id: string;
  readonly kind: string;
  readonly namespace: string;
  readonly key: string;
  readonly revision: number;
  readonly reason: string;
}

export interface EventStream {
  /** The id to resume from, as an `EventSource` keeps it. */
  lastId(): string;
  /** The next event with data, or undefined when the stream has ended. */
  next(): Promise<StreamEvent | undefined>;
  take(count: number): Promise<StreamEvent[]>;
  close(): Promise<void>;
}

/** Opens a stream and reads on until its first id, as any client of server-sent events does. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const stopping = new AbortController();
  const response = await fetch(url, { headers, signal: stopping.signal });
  if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let lastId = "";

  /** The next block of lines, parsed as the HTML Standard says, as far as our service goes. */
  async function block(): Promise<Record<string, string> | undefined> {
    for (let end = text.indexOf("\n\n"); ; end = text.indexOf("\n\n")) {
      if (end >= 0) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        return Object.fromEntries(lines.map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
      }
      const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }) as const);
      if (done) return undefined;
      text += value;
    }
  }

  async function next(): Promise<StreamEvent | undefined> {
    for (let fields = await block(); fields; fields = await block()) {
      lastId = fields["id"] ?? lastId;
      if (fields["data"] !== undefined)
        return { id: lastId, event: fields["event"] ?? "message", data: JSON.parse(fields["data"]) as ChangeMembers };
    }
    return undefined;
  }

  while (lastId === "") lastId = (await block())?.["id"] ?? "";
  return {
    lastId: () => lastId,
    next,
    async take(count) {
      const events: StreamEvent[] = [];
      while (events.length < count) {
        const event = await next();
        if (!event) throw new Error(`The stream ended after ${events.length} of ${count} events.`);
        events.push(event);
      }
      return events;
    },
    async close() {
      stopping.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
}
