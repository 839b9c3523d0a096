# A key that Kestra's own provider has managed until now. Its state becomes the state of the namespace_kv,
# and the next plan compares both with the key. Needs Terraform 1.8.
moved {
  from = kestra_kv.region
  to   = namespace_kv.region
}

resource "namespace_kv" "region" {
  namespace = "company.data"
  key       = "region"
  value     = "eu-west-1"
}
