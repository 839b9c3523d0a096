import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { PROVIDER_SOURCE, placeProvider, versionOf } from "./provider-mirror.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A folder in which both Terraform and OpenTofu look for a provider before they ask a registry.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
function impliedMirror(env: Environment): string {
  if (process.platform === "win32" && env["APPDATA"]) return join(env["APPDATA"], "terraform.d", "plugins");
  const usual = join(homedir(), ".terraform.d");
  const xdg = env["XDG_CONFIG_HOME"] || env["XDG_DATA_HOME"];
  // OpenTofu keeps to XDG's folders only as long as there is no ~/.terraform.d: making it would hide the user's logins.
  if (xdg && !existsSync(usual))
    return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "terraform", "plugins");
  return join(usual, "plugins");
}

const executable = await placeProvider(impliedMirror(process.env));
const version = await versionOf();
console.log(`The provider is installed:
  ${executable}

Name it in a configuration, then run "terraform init" or "tofu init":

  terraform {
    required_providers {
      namespace = {
        source  = "${PROVIDER_SOURCE}"
        version = "${version}"
      }
    }
  }

  provider "namespace" {
    endpoint = "http://127.0.0.1:8080"
  }

Where a build of the same version was in use before, remove .terraform.lock.hcl first: it holds that build's checksum.`);
