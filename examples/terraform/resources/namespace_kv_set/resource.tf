# Many keys in one resource: only what differs is written, in one request.
# The types follow from the values, as they do in namespace_kv.
resource "namespace_kv_set" "flags" {
  namespace = "company.web"
  prefix    = "flags/"
  values = {
    "flags/dark-mode"  = true
    "flags/rollout"    = 25
    "flags/banner"     = { text = "Maintenance on Saturday", level = "info" }
    "flags/ends"       = "2030-01-31"
    "flags/retry-wait" = "PT30S"
  }

  # DATE, DATETIME and DURATION look like texts in HCL, so they are named.
  types = {
    "flags/ends"       = "DATE"
    "flags/retry-wait" = "DURATION"
  }

  # Keys below the prefix that are not in values are removed, once a plan has named them. Those of a lock stay.
  authoritative = true
  ignore_keys   = ["flags/*/lock"]
}

# Keys can be made of anything that Terraform knows, such as the files of a folder or the rows of a CSV.
resource "namespace_kv_set" "limits" {
  namespace = "company.data"
  prefix    = "limits/"
  values    = { for team, gigabytes in { ads = 10, search = 50 } : "limits/${team}" => gigabytes }
}
