# Without a value: somebody else writes it, and only what is said about the key is managed here. It must exist.
resource "namespace_kv" "owner" {
  namespace   = "company"
  key         = "owner"
  description = "Whom to ask"
  labels      = { kept_by = "hand" }
}
