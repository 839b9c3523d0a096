# {"limit":12345678901234567890,"name":"a"}: no digit is lost
output "canonical" {
  value = provider::namespace::canonical_json("{\"name\": \"a\", \"limit\": 12345678901234567890}")
}
