import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { startService } from "../support/service.ts";
import { onEachPair } from "./pairs.ts";

onEachPair("what was acknowledged stays", ({ service, pair, restart }) => {
  it("through kill -9 in the middle of writes", async () => {
    const namespace = freshNamespace();
    const acknowledged = new Map<string, number>();
    const at = kvAt(service().address, namespace);
    let stopped = false;
    const writer = async (name: number) => {
      for (let n = 0; !stopped; n++) {
        const key = `w${name}-${n % 5}`;
        const answer = await at.put(key, `${n}`).catch(() => undefined);
        if (answer?.status === 200) acknowledged.set(key, n);
      }
    };
    const writers = Array.from({ length: 8 }, (_, name) => writer(name));
    await expect.poll(() => acknowledged.size, { timeout: 30_000 }).toBe(40);
    const killed = restart("kill");
    stopped = true;
    await Promise.all([killed, ...writers]);
    const after = kvAt(service().address, namespace);
    for (const [key, n] of acknowledged) {
      const { value } = await (await after.get(key)).json();
      // A later write may have happened although its answer was lost.
      expect(value as number).toBeGreaterThanOrEqual(n);
    }
  });

  it("through SIGTERM: the request that is under way is answered, then the service ends with 0", async () => {
    const second = await startService({
      ...pair(),
      flags: pair().flags.map((flag) => (flag.startsWith("/") ? `${flag}-drain` : flag)),
    });
    const at = kvAt(second.address, freshNamespace());
    await at.put("x", "1");
    const slow = at.send("PUT", "/namespaces/drain.test/kv/slow", {
      body: ReadableStream.from(
        (async function* () {
          yield Buffer.from("begin ");
          process.kill(second.pid, "SIGTERM");
          await expect
            .poll(
              () =>
                fetch(`${second.address}/healthz`).then(
                  () => "listening",
                  () => "closed",
                ),
              { timeout: 20_000 },
            )
            .toBe("closed");
          yield Buffer.from("end");
        })(),
      ) as ReadableStream<Uint8Array>,
      duplex: "half",
    } as RequestInit);
    expect((await slow).status).toBe(200);
    expect(await second.ended()).toBe(0);
    expect(second.log()).not.toContain("cut off");
  });
});

onEachPair("operation", ({ service, pair }) => {
  it("health, readiness and the OpenAPI document", async () => {
    for (const [path, body] of [
      ["/healthz", { status: "ok" }],
      ["/readyz", { status: "ok" }],
    ] as const)
      expect(await (await fetch(`${service().address}${path}`)).json()).toEqual(body);
    expect(await (await fetch(`${service().address}/openapi.json`)).json()).toMatchObject({ openapi: "3.1.0" });
  });

  it("a value never shows up in the log", async () => {
    const at = kvAt(service().address, freshNamespace());
    for (const body of ['"canary-7f3a"', '{"canary-7f3a":', "canary-7f3a"]) await at.put("k", body);
    await at.put("k", "canary-7f3a", "?type=DATE");
    await at.patch("k", '{"value": canary-7f3a}');
    expect(service().log()).not.toContain("canary-7f3a");
  });

  it("the folder of a running service cannot be opened by a second one", async () => {
    const [flag, folder] = pair().flags;
    if (flag !== "--data" || !folder) return; // only an embedded store has a folder
    const second = spawn(process.execPath, ["dist/nskv.js", "serve", "--port", "0", flag, folder], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    second.stderr.on("data", (text) => {
      complaint += text;
    });
    const [code] = await once(second, "exit");
    expect(code).toBe(1);
    expect(complaint).toContain(`${service().pid}`);
    expect(complaint).toContain(folder);
    expect(complaint).not.toMatch(/\n\s+at /);
  });
});

it("nskv explains itself and its mistakes", () => {
  const run = (...words: string[]) => {
    try {
      return {
        code: 0,
        text: execFileSync(process.execPath, ["dist/nskv.js", ...words], { stdio: "pipe" }).toString(),
      };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: Buffer };
      return { code: status, text: stderr.toString() };
    }
  };
  expect(run("--help")).toMatchObject({ code: 0, text: expect.stringContaining("nskv serve --help") });
  expect(run("serve", "--help")).toMatchObject({ code: 0, text: expect.stringContaining("NSKV_DATABASE_URL") });
  expect(run("--version").text).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run("server")).toMatchObject({ code: 2, text: expect.stringContaining("nskv --help") });
  expect(run("serve", "--prot", "1")).toMatchObject({ code: 2, text: expect.stringContaining("nskv serve --help") });
  expect(run("serve", "--port", "x", "--host", "0.0.0.0")).toMatchObject({
    code: 2,
    text: expect.stringMatching(/host 0\.0\.0\.0.*\n.*port must be/),
  });
});
