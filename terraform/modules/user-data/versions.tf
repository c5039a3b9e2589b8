terraform {
  # The oldest with optional() in object types and with preconditions of outputs. No provider is needed.
  required_version = ">= 1.3.0"
}
