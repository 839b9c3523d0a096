import { Client } from "minio";
import { describe, expect, it } from "vitest";
import { freshBucket } from "../../test/support/minio.ts";
import type { ObjectName } from "../domain/object.ts";
import { describeObjects } from "./objects.suite.ts";
import { openS3 } from "./s3.ts";

const never = new AbortController().signal;
const config = await freshBucket();

if (config) {
  const { hostname, port } = new URL(config.endpoint);
  const behind = new Client({ ...config, endPoint: hostname, port: Number(port), useSSL: false });

  describeObjects("a bucket of MinIO", async () => {
    const objects = await openS3(config);
    return {
      objects,
      leftovers: async () => {
        // MinIO lists the open uploads of one object at a time; nothing may be open for any object in this list.
        const { uploads } = await behind.listIncompleteUploadsQuery(config.bucket, "", "", "", "");
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
      const { hostname, port } = new URL(config.endpoint);
      await new Client({ ...config, endPoint: hostname, port: Number(port), useSSL: false }).removeBucket(fresh.bucket);
      const object = "main/ns/_kv/key-00/1.json" as ObjectName;
      const gone = { fault: { kind: "unavailable" } };
      await expect(objects.ready()).rejects.toMatchObject(gone);
      await expect(objects.read({ object, offset: 0, length: 1 }, never)).rejects.toMatchObject(gone);
      await expect(objects.put(object, Buffer.from("x"), undefined, never)).rejects.toMatchObject(gone);
      await objects.close();
    });
  }
});
