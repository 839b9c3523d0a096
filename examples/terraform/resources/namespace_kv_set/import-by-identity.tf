import {
  to = namespace_kv_set.limits
  identity = {
    namespace = "company.data"
    prefix    = "limits/"
  }
}
