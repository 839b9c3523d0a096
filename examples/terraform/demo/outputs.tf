output "contact" {
  value = namespace_kv.contact.value
}

output "types" {
  value = { for key, setting in namespace_kv.setting : key => setting.type }
}
