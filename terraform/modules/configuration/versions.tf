terraform {
  # The oldest with optional() in object types. No provider is needed.
  required_version = ">= 1.3.0"
}
