terraform {
  required_providers {
    namespace = {
      source = "terraform.local/namespace-kv/namespace"
    }
  }
}

# Each setting can also come from the environment: NSKV_ENDPOINT, NSKV_TENANT, NSKV_TOKEN, NSKV_USERNAME, NSKV_PASSWORD,
# NSKV_TIMEOUT.
provider "namespace" {
  endpoint = "http://127.0.0.1:8080"
}
