import { Client } from "minio";
import { describe, expect, it } from "vitest";
import { type BucketOnServer, freshBucket } from "../../test/support/minio.ts";
import type { ObjectName } from "../domain/object.ts";
import { describeObjects } from "./objects.suite.ts";
import { openS3 } from "./s3.ts";
import { S3_LIMITS } from "./s3-limits.ts";

const never = new AbortController().signal;
const config = await freshBucket();

/** The server as it is seen without our code. */
function behind({ endpoint, accessKey, secretKey, region }: BucketOnServer): Client {
  const { hostname, port, protocol } = new URL(endpoint);
  const useSSL = protocol === "https:";
  return new Client({
    endPoint: hostname,
    port: Number(port) || (useSSL ? 443 : 80),
    useSSL,
    accessKey,
    secretKey,
    region,
  });
}

if (config) {
  describeObjects("a bucket of MinIO", async () => {
    // However short they are: what is lent has its own connection.
    const objects = await openS3(config, { ...S3_LIMITS, lentBytesMin: 1 });
    return {
      objects,
      // By name: MinIO answers an empty list when it is asked for the uploads of the whole bucket.
      leftovers: async (object) => {
        const { uploads } = await behind(config).listIncompleteUploadsQuery(config.bucket, object, "", "", "");
        return uploads.map(({ key }) => key);
      },
      handles: async () => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length,
      close: () => objects.close(),
    };
  });
}

describe("opening a bucket", () => {
  it("fails with a remedy when nobody listens", async () => {
    const nobody = {
      endpoint: "http://127.0.0.1:1",
      bucket: "b-1",
      accessKey: "a",
      secretKey: "s",
      region: "us-east-1",
    };
    await expect(openS3(nobody)).rejects.toThrow(/does not answer \(ECONNREFUSED\).*NSKV_S3_ENDPOINT/);
  });

  it.each(["127.0.0.1:9000", "ftp://host", "http://host/path", "http://user:pass@host", ""])(
    "refuses %j as an endpoint, and does not repeat it",
    async (endpoint) => {
      const opening = openS3({ endpoint, bucket: "b-1", accessKey: "a", secretKey: "s", region: "us-east-1" });
      await expect(opening).rejects.toThrow(/^The S3 endpoint must look like/);
    },
  );

  if (config) {
    it("makes the bucket when it is missing, also when two do so at once", async () => {
      const fresh = { ...config, bucket: `${config.bucket}-made` };
      const opened = await Promise.all([openS3(fresh), openS3(fresh)]);
      for (const objects of opened) {
        await objects.ready();
        await objects.close();
      }
    });

    it("fails with a remedy, and without the secret, when the key is wrong", async () => {
      const opening = openS3({ ...config, secretKey: "wrong-secret" });
      await expect(opening).rejects.toThrow(/NSKV_S3_SECRET_KEY/);
      const error = await opening.catch((failure) => failure);
      expect(JSON.stringify([error.message, error.cause, error.cause.message])).not.toContain("wrong-secret");
    });

    it("sends what is too long for one PUT in parts, though its size is known", async () => {
      const partBytesMin = 5 * 1_024 * 1_024;
      const objects = await openS3(config, { ...S3_LIMITS, partBytesMin, putBytesMax: partBytesMin });
      const object = "main/ns/_kv/long-00/1.json" as ObjectName;
      const length = 2 * partBytesMin + 1;
      async function* source() {
        for (let at = 0; at < length; at += 65_536) yield new Uint8Array(Math.min(65_536, length - at)).fill(7);
      }
      expect(await objects.put(object, source(), length, never)).toBe(length);
      const { etag } = await behind(config).statObject(config.bucket, object);
      expect(etag).toMatch(/-3$/); // how S3 marks an object of three parts
      await objects.close();
    });

    it("names an object by its bucket", async () => {
      const objects = await openS3(config);
      expect(objects.uriOf("main/ns/_kv/k%20-00/1.json" as ObjectName)).toBe(
        `s3://${config.bucket}/main/ns/_kv/k%20-00/1.json`,
      );
      await objects.close();
    });

    it("says unavailable when the bucket is gone, and does not take that for a missing object", async () => {
      const fresh = { ...config, bucket: `${config.bucket}-gone` };
      const objects = await openS3(fresh);
      await behind(config).removeBucket(fresh.bucket);
      const object = "main/ns/_kv/key-00/1.json" as ObjectName;
      const gone = { fault: { kind: "unavailable" } };
      await expect(objects.ready()).rejects.toMatchObject(gone);
      await expect(objects.read({ object, offset: 0, length: 1 }, never)).rejects.toMatchObject(gone);
      await expect(objects.put(object, Buffer.from("x"), undefined, never)).rejects.toMatchObject(gone);
      await objects.close();
    });
  }
});
