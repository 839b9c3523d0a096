import { expect, it } from "vitest";
import { onEachPair } from "./pairs.ts";

onEachPair("the page at /docs", ({ service }) => {
  const load = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${service().address}${path}`, { headers, redirect: "manual" });

  it("is HTML that loads only what this service has, and every one of those is there", async () => {
    const page = await load("/docs");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await page.text();
    const addresses = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => `${address}`);
    expect(addresses).toContain("docs/swagger-ui-bundle.js");
    for (const address of addresses) {
      const url = new URL(address, `${service().address}/docs`);
      expect(url.origin).toBe(service().address);
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(10);
    }
  });

  it("has no script or style inside it, as its policy allows none, and its script names the document", async () => {
    const page = await load("/docs");
    const policy = `${page.headers.get("content-security-policy")}`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bon[a-z]+=|\bstyle=/);
    const script = await (await load("/docs/page.js")).text();
    expect(script).toContain('"openapi.json"');
    expect(script).not.toMatch(/https?:/);
  });

  it.each([
    ["/docs", "text/html; charset=utf-8"],
    ["/docs/page.js", "text/javascript; charset=utf-8"],
    ["/docs/swagger-ui.css", "text/css; charset=utf-8"],
    ["/docs/favicon-32x32.png", "image/png"],
  ])("%s is %s, is asked for anew each time, and is sent only when it changed", async (path, type) => {
    const first = await load(path);
    expect(first.headers.get("content-type")).toBe(type);
    expect(first.headers.get("cache-control")).toBe("no-cache");
    expect(first.headers.get("x-content-type-options")).toBe("nosniff");
    await first.arrayBuffer();
    const etag = `${first.headers.get("etag")}`;
    const again = await load(path, { "If-None-Match": `"other", W/${etag}` });
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(etag);
    expect((await load(path, { "If-None-Match": '"other"' })).status).toBe(200);
  });

  it("is where whoever opens the bare address is led", async () => {
    const front = await load("/");
    expect([front.status, front.headers.get("location")]).toEqual([302, "docs"]);
  });

  it("leads from /docs/ to /docs, and knows no other file", async () => {
    const beside = await load("/docs/");
    expect(beside.status).toBe(308);
    expect(new URL(`${beside.headers.get("location")}`, `${service().address}/docs/`).pathname).toBe("/docs");
    for (const path of ["/docs/index.js", "/docs/..%2fnskv.js", "/docs/swagger-ui-bundle.js.LICENSE.txt"])
      expect((await load(path)).status).toBe(404);
  });
});
