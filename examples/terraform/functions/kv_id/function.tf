# "company.team/flags/dark-mode"
output "id" {
  value = provider::namespace::kv_id("company.team", "flags/dark-mode")
}
