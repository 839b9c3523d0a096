data "namespace" "company" {
  name = "company"
}

output "labels" {
  value = data.namespace.company.labels
}
