# In a file such as keys.tfquery.hcl beside the configuration. `terraform query` shows what it finds;
# `terraform query -generate-config-out=keys.tf` writes resources and import blocks for it.
list "namespace_kv" "numbers" {
  provider = namespace

  config {
    namespace = "company.data"
    type      = "NUMBER"
  }
}
