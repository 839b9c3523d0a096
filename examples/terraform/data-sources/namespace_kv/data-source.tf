# A key that somebody else writes. It is an error when it is not there.
data "namespace_kv" "owner" {
  namespace = "company"
  key       = "owner"
}

output "owner" {
  value = data.namespace_kv.owner.value
}

# One that may be missing, in this namespace or in those above it.
data "namespace_kv" "limit" {
  namespace = "company.team.job"
  key       = "limit"
  inherit   = true
  default   = 10
}

output "limit" {
  value = "${data.namespace_kv.limit.value} (from ${coalesce(data.namespace_kv.limit.found_in, "nowhere")})"
}

# Who changed it and when. The value is not fetched, so that neither plan nor state has it.
data "namespace_kv" "metadata" {
  namespace     = "company"
  key           = "owner"
  include_value = false
}

output "owner_changed" {
  value = "${data.namespace_kv.metadata.updated_by}, ${data.namespace_kv.metadata.updated_at}"
}
