# Renewed by the first apply in the last two days of its time. If it has expired all the same, a plan creates it again.
resource "namespace_kv" "session_key_id" {
  namespace    = "company.web"
  key          = "session-key-id"
  value        = "2026-11"
  ttl          = "P30D"
  renew_before = "P2D"
}

# Gone at an instant, and then left alone: plans show expired = true and no change.
resource "namespace_kv" "early_access" {
  namespace  = "company.web"
  key        = "early-access"
  value      = true
  expires_at = "2040-01-01T00:00:00+01:00"
  on_expire  = "ignore"
}
