import { defineConfig } from "vitest/config";

/** Two cores run the tests, their servers and Terraform; limits that a loaded machine never meets. */
const LIMITS = { testTimeout: 60_000, hookTimeout: 120_000 } as const;

const ALL = {
  test: {
    ...LIMITS,
    name: "all",
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**"],
    setupFiles: ["test/support/stubbed-fetch.ts"],
  },
};

/** The Terraform tests once more, with the OpenTofu that NSKV_TEST_OPENTOFU names; on one pair, as the service is the same. */
const opentofu = (binary: string) => ({
  test: {
    ...LIMITS,
    name: "OpenTofu",
    include: ["test/terraform/**/*.test.ts"],
    env: { NSKV_TEST_TERRAFORM: binary, NSKV_TEST_FIRST_PAIR: "1" },
  },
});

const tofu = process.env["NSKV_TEST_OPENTOFU"];

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/closing-line.ts"],
    maxWorkers: 2,
    projects: tofu ? [ALL, opentofu(tofu)] : [ALL],
  },
});
