# The type follows from the value: this one is a NUMBER.
resource "namespace_kv" "retries" {
  namespace   = "company.data"
  key         = "retries"
  value       = 3
  description = "How often a load is tried again"
}

# DATE, DATETIME and DURATION look like texts in HCL, so they are named.
resource "namespace_kv" "timeout" {
  namespace = "company.data"
  key       = "timeout"
  value     = "PT15M"
  type      = "DURATION"
}

# Objects and lists are JSON. Plans show a change inside, not the whole document.
resource "namespace_kv" "warehouse" {
  namespace = "company.data"
  key       = "warehouse"
  value = {
    host   = "warehouse.internal"
    port   = 5432
    schema = ["raw", "mart"]
  }
}

# Gone a week after its value was last written. The next apply after that makes it anew.
resource "namespace_kv" "banner" {
  namespace = "company.web"
  key       = "banner"
  value     = "Maintenance on Saturday"
  ttl       = "P7D"
}
