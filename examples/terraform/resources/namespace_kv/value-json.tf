# A document as it is: every digit stays, and neither white space nor the order of names makes a difference.
resource "namespace_kv" "limits" {
  namespace  = "company.data"
  key        = "limits"
  value_json = <<-JSON
    {
      "max": 123456789012345678901234567890.10,
      "unset": null
    }
  JSON
}

# JSON's null; `value = null` would be no value at all.
resource "namespace_kv" "override" {
  namespace  = "company.data"
  key        = "override"
  value_json = "null"
}
