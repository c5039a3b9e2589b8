terraform {
  # The oldest with optional() in object types.
  required_version = ">= 1.3.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The oldest with primary_network_interface.
      version = ">= 6.10, < 7.0"
    }
  }
}
