# Takes over a key that may exist already, and leaves it where it is when the resource is destroyed.
resource "namespace_kv" "region" {
  namespace       = "company"
  key             = "region"
  value           = "eu-central-1"
  adopt_existing  = true
  deletion_policy = "abandon"
}

resource "namespace_kv" "cursor" {
  namespace = "company.data"
  key       = "cursor"
  value     = "0"
}

# Without a value only what is said about a key is managed. It must exist, and its value may be written by anybody.
resource "namespace_kv" "cursor_description" {
  namespace   = namespace_kv.cursor.namespace
  key         = namespace_kv.cursor.key
  description = "How far the nightly load has come"
  labels      = { team = "data" }
}
