# "PT26H"
output "duration" {
  value = provider::namespace::duration_iso(93600)
}
