import { dirname, join, relative } from "node:path";

/**
 * What a power cut would leave, by a model of POSIX that runs beside the real file system: a new name is on the disk only
 * once the folder that holds it was synced after it came, and a file's bytes only once the file was. Calls run one by one,
 * so that the model is exact, but come in any order that concurrent puts and deletes can bring about.
 */
export class Disk {
  readonly log: string[] = [];
  /** Calls that a test keeps waiting, such as `before rename main/a` or `after sync main`. */
  readonly holds = new Map<string, Promise<void>>();
  root = "";
  #last: Promise<unknown> = Promise.resolve();
  readonly #top = new Node();

  /** One call at a time. */
  call<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#last.then(run, run);
    this.#last = done.catch(() => undefined);
    return done;
  }

  mkdir(path: string): void {
    this.#note("mkdir", path);
    this.folderOf(path).entries.set(path, new Node());
  }
  create(path: string): Node {
    this.#note("create", path);
    const file = new Node();
    this.folderOf(path).entries.set(path, file);
    return file;
  }
  rename(from: string, to: string): void {
    this.#note("rename", to);
    const file = this.folderOf(from).entries.get(from);
    if (!file) throw new Error(`The model does not know ${from}.`);
    this.folderOf(from).entries.delete(from);
    this.folderOf(to).entries.set(to, file);
  }
  remove(path: string): void {
    this.folderOf(path).entries.delete(path);
  }
  sync(node: Node, path: string): void {
    this.#note("sync", path);
    node.durable = new Map(node.entries);
    node.durableWrites = node.writes;
  }

  /** Whether the object would be there, whole, if the power went now. */
  survives(name: string): boolean {
    let node: Node | undefined = this.#top;
    let path = this.root;
    for (const segment of name.split("/")) {
      path = join(path, segment);
      node = node.durable.get(path);
      if (!node) return false;
    }
    return node.writes > 0 && node.durableWrites === node.writes;
  }

  nodeOf(path: string): Node {
    if (path === this.root) return this.#top;
    const node = this.folderOf(path).entries.get(path);
    if (!node) throw new Error(`The model does not know ${path}.`);
    return node;
  }
  folderOf(path: string): Node {
    return this.nodeOf(dirname(path));
  }
  shown(path: string): string {
    return relative(this.root, path).replace(/^\.tmp\/.*/, "temporary") || "root";
  }
  hold(call: string): () => void {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.holds.set(call, held);
    return () => {
      this.holds.delete(call);
      release();
    };
  }
  #note(what: string, path: string): void {
    this.log.push(`${what} ${this.shown(path)}`);
  }
}

export class Node {
  entries = new Map<string, Node>();
  durable = new Map<string, Node>();
  writes = 0;
  durableWrites = 0;
}
