# 93600
output "seconds" {
  value = provider::namespace::duration_seconds("P1DT2H")
}
