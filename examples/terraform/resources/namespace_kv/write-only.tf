variable "smtp_password" {
  type      = string
  ephemeral = true
  default   = "only for this example"
}

# The value is in no plan and no state. Another version writes it again.
resource "namespace_kv" "smtp_password" {
  namespace        = "company.mail"
  key              = "smtp-password"
  value_wo         = var.smtp_password
  value_wo_version = 1
  secret           = true
}
