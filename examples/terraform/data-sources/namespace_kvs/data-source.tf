# All flags that somebody else keeps, whatever their types.
data "namespace_kvs" "flags" {
  namespace = "company.web"
  prefix    = "flags/"
}

output "flags" {
  value = data.namespace_kvs.flags.values
}

# Which keys of a team have a label, without reading a single value.
data "namespace_kvs" "owned" {
  namespace      = "company.web"
  glob           = "*/config"
  labels         = { team = "data" }
  include_values = false
}

output "owned" {
  value = data.namespace_kvs.owned.keys
}
