import { expect, it } from "vitest";
import { secretText, signatures } from "./webhook-signature.ts";

const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");

it("signs as the example of the Standard Webhooks specification does", () => {
  const body = '{"test": 2432232314}';
  expect(secretText(secret)).toBe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  expect(signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

it("signs by each of two secrets", () => {
  expect(signatures([secret, Buffer.from("other")], "id", 1, "{}").split(" ")).toHaveLength(2);
});
