# As a JSON document: for numbers that HCL cannot hold, names that stand twice, and JSON's null.
resource "namespace_kv" "bounds" {
  namespace  = "company.data"
  key        = "bounds"
  value_json = "{\"least\": 1e-20000, \"most\": null}"
}
