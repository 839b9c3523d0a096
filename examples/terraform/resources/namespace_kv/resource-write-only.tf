# A secret that neither plan nor state holds, from an ephemeral resource. Another version writes the value again.
ephemeral "namespace_kv" "admin_password" {
  namespace = "company"
  key       = "database/password"
}

resource "namespace_kv" "password" {
  namespace        = "company.data"
  key              = "database/password"
  value_wo         = ephemeral.namespace_kv.admin_password.value
  value_wo_version = 1
  secret           = true
}
