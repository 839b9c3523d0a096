# Ends at an instant, and nobody minds: the plans after it show no change.
resource "namespace_kv" "sale" {
  namespace  = "company.web"
  key        = "sale"
  value      = true
  expires_at = "2099-12-31T23:00:00Z"
  on_expire  = "ignore"
}

# Kept alive: an apply in the last day of its week starts the week again. If there was none, plans fail.
resource "namespace_kv" "lease" {
  namespace    = "company.web"
  key          = "lease"
  value        = "web-1"
  ttl          = "P7D"
  renew_before = "P1D"
  on_expire    = "error"
}
