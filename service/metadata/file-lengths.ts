/** What we use of an open file of Emscripten's, which comes without types. All that have one file open share its node. */
export interface Stream {
  readonly nfd: number;
  readonly node: { readonly mode: number };
  readonly position: number;
  readonly flags: number;
}
type Attributes = Readonly<Record<string, unknown>>;

/** The operations of Emscripten's NODEFS by which a file gets another length, or is asked for it. */
export interface FileOperations {
  readonly node_ops: { setattr(node: Stream["node"], attributes: Attributes): void };
  readonly stream_ops: {
    setattr(stream: Stream, attributes: Attributes): void;
    write(stream: Stream, from: Uint8Array, offset: number, length: number, position: number): number;
    llseek(stream: Stream, offset: number, whence: number): number;
  };
}

/** From the end of the file (POSIX, lseek). */
const SEEK_END = 2;
/** Every write goes to the end of the file, whatever its position; Emscripten's number. */
const O_APPEND = 1_024;

/**
 * Remembers how long files are. Postgres asks before it looks at a row, and Node's answer costs 3 µs each time: a
 * thirteenth of a batch of puts. What is remembered is true as long as whatever changes a file goes through `operations`,
 * so nobody else may write to the folder. Anything but a plain write makes it forgotten.
 */
export function rememberLengths({ node_ops, stream_ops }: FileOperations): void {
  const lengths = new WeakMap<Stream["node"], number>();
  const [before, beforeByName] = [{ ...stream_ops }, node_ops.setattr];
  node_ops.setattr = (node, attributes) => {
    lengths.delete(node);
    beforeByName(node, attributes);
  };
  stream_ops.setattr = (stream, attributes) => {
    lengths.delete(stream.node);
    before.setattr(stream, attributes);
  };
  stream_ops.write = (stream, from, offset, length, position) => {
    const known = lengths.get(stream.node);
    lengths.delete(stream.node);
    const written = before.write(stream, from, offset, length, position);
    if (known !== undefined && !(stream.flags & O_APPEND))
      lengths.set(stream.node, written === 0 ? known : Math.max(known, position + written));
    return written;
  };
  stream_ops.llseek = (stream, offset, whence) => {
    if (whence !== SEEK_END) return before.llseek(stream, offset, whence);
    const known = lengths.get(stream.node);
    if (known !== undefined && offset === 0) return known;
    const end = before.llseek(stream, offset, whence);
    lengths.set(stream.node, end - offset);
    return end;
  };
}
