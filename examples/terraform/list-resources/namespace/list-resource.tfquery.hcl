# `terraform query` shows the namespaces that somebody has declared.
list "namespace" "company" {
  provider = namespace

  config {
    under = "company"
  }
}
