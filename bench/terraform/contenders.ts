import { PROVIDER_SOURCE } from "../../scripts/provider-mirror.ts";

/** The address that HashiCorp's provider has in the bench's own mirror. */
export const TIME_SOURCE = "terraform.local/hashicorp/time";

/** What is applied: always the same number of values, of which each is one resource or all are one. */
export interface Contender {
  readonly name: string;
  /** @param count of values */
  configuration(count: number): string;
}

const requiring = (name: string, source: string) => `terraform {
  required_providers {
    ${name} = { source = "${source}" }
  }
}
`;

/** Ours. */
export const KV: Contender = {
  name: "namespace_kv",
  configuration: (count) => `${requiring("namespace", PROVIDER_SOURCE)}
resource "namespace_kv" "bench" {
  count     = ${count}
  namespace = "bench"
  key       = "key-\${count.index}"
  value     = "value \${count.index}"
}
`,
};

/** Terraform's own work alone: there is no provider to start, and nothing behind it. */
export const FLOOR: Contender = {
  name: "terraform_data",
  configuration: (count) => `resource "terraform_data" "bench" {
  count = ${count}
  input = "value \${count.index}"
}
`,
};

/**
 * The same with as many bytes of state as a key has: Terraform writes the whole state with each change, so what it takes
 * grows with their number times their size.
 */
export const LARGE_FLOOR: Contender = {
  name: "terraform_data+",
  configuration: (count) => `resource "terraform_data" "bench" {
  count = ${count}
  input = { for n in range(9) : "attribute_\${n}" => "value \${count.index}, and as long as most" }
}
`,
};

/** A provider in Go, on terraform-plugin-framework, that has nothing behind it either. */
export const TIME: Contender = {
  name: "time_static",
  configuration: (count) => `${requiring("time", TIME_SOURCE)}
resource "time_static" "bench" {
  count    = ${count}
  triggers = { value = "value \${count.index}" }
}
`,
};

/** Ours, with all values in one resource; apart from the others, as it is about its own growth. */
export const SET: Contender = {
  name: "namespace_kv_set",
  configuration: (count) => `${requiring("namespace", PROVIDER_SOURCE)}
resource "namespace_kv_set" "bench" {
  namespace = "bench.set"
  values    = { for n in range(${count}) : "key-\${n}" => "value \${n}" }
}
`,
};
