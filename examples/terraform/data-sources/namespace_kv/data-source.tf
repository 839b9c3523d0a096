# A key that somebody else writes. One that is missing, or has expired, is an error.
data "namespace_kv" "owner" {
  namespace = "company"
  key       = "owner"
}

output "owner" {
  value = data.namespace_kv.owner.value
}

# One that may be missing.
data "namespace_kv" "retries" {
  namespace = "company.data"
  key       = "loads/retries"
  default   = 3
}

output "retries" {
  value = data.namespace_kv.retries.value
}

# From here, or from the nearest namespace above that has it.
data "namespace_kv" "inherited" {
  namespace = "company.data.loads"
  key       = "owner"
  inherit   = true
}

output "asked_in" {
  value = data.namespace_kv.inherited.found_in
}

# What is known of a secret, without fetching it: neither plan nor state has the value.
data "namespace_kv" "password" {
  namespace     = "company"
  key           = "database/password"
  include_value = false
}

output "password_changed_at" {
  value = data.namespace_kv.password.updated_at
}
