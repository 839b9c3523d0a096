# Terraform takes the first word of a type for its provider, which here would be "namespaces": so it is named.
data "namespaces" "company" {
  provider = namespace
  under    = "company"
}

output "names" {
  value = data.namespaces.company.names
}
