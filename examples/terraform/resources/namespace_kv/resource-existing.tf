# Takes over a key that may exist already, and leaves it where it is when the resource is destroyed.
resource "namespace_kv" "region" {
  namespace       = "company"
  key             = "region"
  value           = "eu-central-1"
  adopt_existing  = true
  deletion_policy = "abandon"
}
