# A key that Kestra's own provider has managed until now. Its state becomes the state of the namespace_kv,
# and the next plan compares both with the key. Needs Terraform 1.8.
moved {
  from = kestra_kv.zone
  to   = namespace_kv.zone
}

resource "namespace_kv" "zone" {
  namespace = "company.data"
  key       = "zone"
  value     = "eu-west-1a"
}
