import type { IncomingMessage } from "node:http";
import type { Client } from "minio";
import type { Slice } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { InventoriedObjects, StoredObject } from "../domain/inventory.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Bytes } from "../domain/stores.ts";
import { codeOf, ObjectDamaged, unavailable } from "./failures.ts";
import { checkObjectName } from "./object-names.ts";
import { chunksOf, wholeOf } from "./readable.ts";
import { ensureBucket } from "./s3-bucket.ts";
import { S3Client } from "./s3-client.ts";
import { S3Connection } from "./s3-connection.ts";
import { Downloads } from "./s3-download.ts";
import type { S3Target } from "./s3-exchange.ts";
import { S3_LIMITS, type S3Limits } from "./s3-limits.ts";
import { limited, retrying } from "./s3-retry.ts";
import { type Credentials, Signer } from "./s3-signing.ts";
import { upload } from "./s3-upload.ts";

export interface S3Config extends Credentials {
  /** `http://127.0.0.1:9000` or `https://s3.eu-central-1.amazonaws.com`: protocol, host and port. Buckets stand in the path. */
  readonly endpoint: string;
  readonly bucket: string;
}

const NAMES_PER_PAGE = 1_000;

/**
 * Keeps objects in a bucket of any S3 server, and makes the bucket when it is missing. Fails with an error that says
 * what to do when the server does not answer or refuses.
 */
export async function openS3(config: S3Config, limits: S3Limits = S3_LIMITS): Promise<InventoriedObjects> {
  const connection = new S3Connection(endpointOf(config), limits);
  const client = new S3Client(connection, config);
  const objects = new S3(client, { connection, signer: new Signer(config), bucket: config.bucket });
  try {
    await ensureBucket(config, (work) => objects.attempt(undefined, work));
    return objects;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function endpointOf({ endpoint, region }: S3Config): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.hash || url.username) {
    throw new Error("The S3 endpoint must look like https://host:port, without path, user or query.");
  }
  // The name without a region serves one region only; `minio` goes to the others by itself, and so must our uploads.
  if (url.hostname === "s3.amazonaws.com") url.hostname = `s3.${region}.amazonaws.com`;
  return url;
}

class S3 implements InventoriedObjects {
  readonly #client: S3Client;
  readonly #target: S3Target;
  readonly #limits: S3Limits;
  readonly #bucket: string;
  readonly #downloads: Downloads;

  constructor(client: S3Client, target: S3Target) {
    this.#client = client;
    this.#target = target;
    this.#limits = target.connection.limits;
    this.#bucket = target.bucket;
    this.#downloads = new Downloads(target);
  }

  /** One small operation, with retries and a limit for them all. */
  attempt<T>(
    signal: AbortSignal | undefined,
    work: (client: Client) => Promise<T>,
    msMax: number = this.#limits.requestMsMax,
  ): Promise<T> {
    return limited(msMax, signal, (within) => {
      const client = this.#client.within(within);
      return retrying(this.#limits, within, () => work(client));
    });
  }

  async put(name: ObjectName, bytes: Bytes, size: number | undefined, signal: AbortSignal): Promise<number> {
    checkObjectName(name);
    const surroundings = {
      exists: (it: string) => this.#exists(it),
      remove: (it: string) => this.#removeQuietly(it),
    };
    return upload(this.#target, surroundings, name, bytes, size, signal);
  }

  async read(slice: Slice, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { length } = slice;
    return this.#found(slice, signal, async (response) => (response ? wholeOf(response, length) : new Uint8Array()));
  }

  async stream(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { length } = slice;
    const stallMsMax = this.#limits.stallMsMax;
    return this.#found(slice, signal, async (response) =>
      response ? chunksOf(response, { length, signal, stallMsMax }) : chunksOfNothing(),
    );
  }

  async lend(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkObjectName(slice.object);
    const lent = await this.#downloads.start(slice, signal);
    const { length } = slice;
    const { stallMsMax } = this.#limits;
    return lent ? chunksOf(lent, { length, signal, stallMsMax }) : this.stream(slice, signal);
  }

  async delete(name: ObjectName): Promise<void> {
    checkObjectName(name);
    await this.#answered(undefined, (client) => client.removeObject(this.#bucket, name));
  }

  async *list(prefix: string, after?: string): AsyncGenerator<string, void, void> {
    for await (const { name } of this.inventory(prefix, after)) yield name;
  }

  async *inventory(prefix: string, after = ""): AsyncGenerator<StoredObject, void, void> {
    let last = after;
    while (true) {
      // By name and not by the server's token, which `minio` takes for a number when it looks like one.
      const page = await this.#answered(undefined, (client) =>
        client.listObjectsV2Query(this.#bucket, prefix, "", "", NAMES_PER_PAGE, last),
      );
      for (const { name, size } of page.objects) {
        if (name === undefined) continue;
        yield { name, size };
        last = name;
      }
      if (!page.isTruncated) return;
      // A list that ended here would look complete, and a sweep trusts it.
      if (page.objects.length === 0) throw unavailable(new Error("S3 answered an empty page that is not the last."));
    }
  }

  uriOf(name: ObjectName): string {
    return `s3://${this.#bucket}/${name}`;
  }

  async ready(): Promise<void> {
    const there = await this.#answered(undefined, (client) => client.bucketExists(this.#bucket));
    if (!there) throw unavailable(new Error(`The bucket ${this.#bucket} is gone.`));
  }

  async close(): Promise<void> {
    this.#target.connection.close();
  }

  async #exists(name: string): Promise<boolean> {
    const stat = (client: Client) => client.statObject(this.#bucket, name).then(() => true);
    return this.#answered(undefined, (client) =>
      stat(client).catch((error) => {
        if (codeOf(error) === "NotFound") return false;
        throw error;
      }),
    );
  }

  async #removeQuietly(name: string): Promise<void> {
    const remove = (client: Client) => client.removeObject(this.#bucket, name);
    await this.attempt(undefined, remove, this.#limits.farewellMsMax).catch(() => undefined);
  }

  /** Opens a slice; `use` gets its answer, or undefined when it is an empty one of an object that is there. */
  async #found<T>(
    { object, offset, length }: Slice,
    signal: AbortSignal,
    use: (response: IncomingMessage | undefined) => Promise<T>,
  ): Promise<T | undefined> {
    checkObjectName(object);
    return this.#answered(signal, async (client) => {
      let response: IncomingMessage;
      try {
        // No range is empty: one byte is asked for in its stead.
        const opened = await client.getPartialObject(this.#bucket, object, offset, Math.max(length, 1));
        response = opened as IncomingMessage;
      } catch (error) {
        if (codeOf(error) === "NoSuchKey") return undefined;
        if (codeOf(error) !== "InvalidRange") throw error;
        if (length > 0) throw new ObjectDamaged(`An object ended before its slice of ${length} bytes.`);
        return use(undefined);
      }
      if (length === 0) {
        response.resume();
        return use(undefined);
      }
      const coming = response.headers["content-length"];
      if (coming === undefined || coming === `${length}`) return use(response);
      response.destroy();
      throw new ObjectDamaged(`An object has ${coming} bytes where its slice has ${length}.`);
    });
  }

  /** What `attempt` fails with becomes `unavailable`, unless the caller is the reason or the object is. */
  async #answered<T>(signal: AbortSignal | undefined, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.attempt(signal, work);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof ObjectDamaged || error instanceof Failure ? error : unavailable(error);
    }
  }
}

async function* chunksOfNothing(): AsyncGenerator<Uint8Array, void, void> {}
