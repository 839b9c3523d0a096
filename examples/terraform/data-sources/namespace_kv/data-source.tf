# A key that somebody else writes.
data "namespace_kv" "owner" {
  namespace = "company"
  key       = "owner"
}

output "owner" {
  value = data.namespace_kv.owner.value
}
