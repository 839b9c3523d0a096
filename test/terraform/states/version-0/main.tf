resource "namespace" "team" {
  name          = "old.team"
  description   = "Old"
  labels        = { a = "b" }
  max_revisions = 5
  default_ttl   = "P1D"
}

resource "namespace_kv" "string" {
  namespace   = namespace.team.name
  key         = "string"
  value       = "hello"
  ttl         = "P300D"
  description = "Why"
}

resource "namespace_kv" "number" {
  namespace = namespace.team.name
  key       = "number"
  value     = 9007199254740993
}

resource "namespace_kv" "huge" {
  namespace = namespace.team.name
  key       = "huge"
  value     = 1e400
}

resource "namespace_kv" "date" {
  namespace = namespace.team.name
  key       = "date"
  type      = "DATE"
  value     = "2030-01-31"
}

resource "namespace_kv" "duration" {
  namespace = namespace.team.name
  key       = "duration"
  type      = "DURATION"
  value     = "P1D"
}

resource "namespace_kv" "json" {
  namespace = namespace.team.name
  key       = "json"
  value     = { b = [1, null, "x", [], {}], a = { "ü" = true } }
}
