# Read for this run only: neither the plan nor the state holds the password.
ephemeral "namespace_kv" "password" {
  namespace = "company"
  key       = "database/password"
}
