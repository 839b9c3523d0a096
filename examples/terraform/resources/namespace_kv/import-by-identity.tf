import {
  to = namespace_kv.retries
  identity = {
    namespace = "company.data"
    key       = "retries"
  }
}
