import { describe, expect, it } from "vitest";
import { openDigester } from "../../service/domain/digest.ts";
import type { Place } from "../../service/domain/entry.ts";
import { openInside } from "../support/inside.ts";
import { PAIRS } from "../support/service.ts";

const never = new AbortController().signal;
const PLACE = { tenant: "main", namespace: "a", key: "b" } as unknown as Place;

describe.each(PAIRS.slice(1))("the digest's key, $pair", ({ skip, open }) => {
  it.skipIf(skip)("replicas that start at the same moment on new stores agree on one", async () => {
    const storage = await open();
    const replicas = await Promise.all([openInside(storage), openInside(storage), openInside(storage)]);
    try {
      const opened = replicas.map(({ objects, metadata }) => openDigester(objects, metadata.upkeep, never));
      const [digest, ...others] = (await Promise.all(opened)).map((digester) => digester.start(PLACE).end());
      expect(others).toEqual([digest, digest]);
      const keys: string[] = [];
      for await (const name of replicas[0]?.objects.list("_nskv/digest-keys/") ?? []) keys.push(name);
      expect(keys).toEqual([`_nskv/digest-keys/${digest?.keyId}`]);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
      await storage.drop();
    }
  });
});
