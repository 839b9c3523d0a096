# The id is the namespace, or the namespace, a slash, and what the keys begin with. All keys that do become the set's.
terraform import namespace_kv_set.limits company.data/limits/
