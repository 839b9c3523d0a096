# { namespace = "company.team", key = "flags/dark-mode" }
output "parts" {
  value = provider::namespace::parse_id("company.team/flags/dark-mode")
}
