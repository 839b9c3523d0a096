# It may go on to a write-only attribute, as here (Terraform 1.11), or to the settings of another provider.
resource "namespace_kv" "password_copy" {
  namespace        = "company.web"
  key              = "database/password"
  value_wo         = ephemeral.namespace_kv.password.value
  value_wo_version = 1
  secret           = true
}
