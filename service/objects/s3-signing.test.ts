import { describe, expect, it } from "vitest";
import { EMPTY_PAYLOAD, encodePath, Signer } from "./s3-signing.ts";

/** The examples of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, with the keys made up there. */
const signer = new Signer({
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
});
const host = "examplebucket.s3.amazonaws.com";
const now = new Date("2013-05-24T00:00:00Z");

describe("AWS's own examples", () => {
  it.each([
    {
      what: "GET object",
      request: {
        method: "GET",
        path: "/test.txt",
        query: {},
        headers: { host, range: "bytes=0-9" },
        payload: EMPTY_PAYLOAD,
      },
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    },
    {
      what: "PUT object",
      request: {
        method: "PUT",
        path: encodePath("/test$file.text"),
        query: {},
        headers: { host, date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
        payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      },
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    },
    {
      what: "GET bucket lifecycle",
      request: { method: "GET", path: "/", query: { lifecycle: "" }, headers: { host }, payload: EMPTY_PAYLOAD },
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    },
    {
      what: "GET bucket (list objects)",
      request: {
        method: "GET",
        path: "/",
        query: { prefix: "J", "max-keys": "2" },
        headers: { host },
        payload: EMPTY_PAYLOAD,
      },
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    },
  ])("$what", ({ request, signature }) => {
    expect(signer.sign(request, now)["authorization"]).toMatch(new RegExp(`, Signature=${signature}$`));
  });

  it("has a new key on the next day, and the old one again on the day before", () => {
    const request = { method: "GET", path: "/", query: {}, headers: { host }, payload: EMPTY_PAYLOAD };
    const first = signer.sign(request, now)["authorization"];
    expect(signer.sign(request, new Date("2013-05-25T00:00:00Z"))["authorization"]).not.toBe(first);
    expect(signer.sign(request, now)["authorization"]).toBe(first);
  });
});

it.each([
  ["a/b c", "a/b%20c"],
  ["a%2Fb", "a%252Fb"],
  ["(it's)*!~-_.", "%28it%27s%29%2A%21~-_."],
  ["+&=?#é", "%2B%26%3D%3F%23%C3%A9"],
])("%s is sent as %s", (name, path) => {
  expect(encodePath(name)).toBe(path);
});
