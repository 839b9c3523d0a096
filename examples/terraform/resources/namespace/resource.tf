resource "namespace" "team" {
  name               = "company.team"
  description        = "What the data team's flows remember."
  labels             = { owner = "data" }
  allowed_namespaces = ["company.reports"]
  max_revisions      = 20
  default_ttl        = "P30D"
}

resource "namespace_kv" "last_run" {
  namespace = namespace.team.name
  key       = "last-run"
  value     = "2026-01-31"
  ttl       = "P7D"
}
