/** The end of the headers of an HTTP/1.1 answer. */
const HEADERS_END = Buffer.from("\r\n\r\n");
/** The end of a chunked body. */
const CHUNKS_END = Buffer.from("\r\n0\r\n\r\n");
/** Where the status stands in `HTTP/1.1 200 OK`. */
const STATUS_AT = 9;

/** What is known of an answer from its first bytes. */
export interface Head {
  readonly status: number;
  /** Bytes of the whole answer, or undefined while only the end of its chunks can tell. */
  readonly length: number | undefined;
}

/** Reads the head of an answer; undefined while its headers are not complete. Pure. */
export function headOf(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEADERS_END);
  if (end === -1) return undefined;
  const text = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return {
    status: Number(text.slice(STATUS_AT, STATUS_AT + 3)),
    length: length === undefined ? undefined : end + HEADERS_END.length + Number(length),
  };
}

/** Whether all of an answer is there. One is under way per connection, so nothing follows it. */
export const isWhole = (head: Head, bytes: Buffer): boolean =>
  head.length === undefined ? bytes.subarray(-CHUNKS_END.length).equals(CHUNKS_END) : bytes.length >= head.length;
