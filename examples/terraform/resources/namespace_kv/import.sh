# The id is the namespace, a slash, and the key.
terraform import namespace_kv.retries company.data/retries
