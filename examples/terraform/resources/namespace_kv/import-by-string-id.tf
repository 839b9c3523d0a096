import {
  to = namespace_kv.retries
  id = "company.data/retries"
}
