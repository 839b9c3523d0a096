# What `make demo` applies: three namespaces, all seven types, a TTL, and one value that is made from another.

terraform {
  required_version = ">= 1.5"
  required_providers {
    namespace = {
      source = "terraform.local/namespace-kv/namespace"
    }
  }
}

# The address of the service comes from NSKV_ENDPOINT.
provider "namespace" {}

locals {
  # STRING, NUMBER, BOOLEAN and JSON follow from the value. The other three look like texts, so they are named.
  settings = {
    retries      = { value = 3 }
    enabled      = { value = true }
    release-date = { value = "2026-03-01", type = "DATE" }
    last-load    = { value = "2026-02-28T23:59:59Z", type = "DATETIME" }
    timeout      = { value = "PT15M", type = "DURATION" }
    warehouse    = { value = { host = "warehouse.internal", port = 5432, schemas = ["raw", "mart"] } }
  }
}

resource "namespace_kv" "owner" {
  namespace   = "company"
  key         = "owner"
  value       = "data team"
  description = "Whom to ask"
}

resource "namespace_kv" "setting" {
  for_each = local.settings

  namespace = "company.data"
  key       = each.key
  value     = each.value.value
  type      = try(each.value.type, null)
}

# Gone a week after its value was last written.
resource "namespace_kv" "banner" {
  namespace = "company.web"
  key       = "banner"
  value     = "Maintenance on Saturday"
  ttl       = "P7D"
}

# Read back from the service, as another team's configuration would.
data "namespace_kv" "owner" {
  namespace  = "company"
  key        = "owner"
  depends_on = [namespace_kv.owner]
}

resource "namespace_kv" "contact" {
  namespace = "company.web"
  key       = "contact"
  value     = "Questions? Ask the ${data.namespace_kv.owner.value}."
}
