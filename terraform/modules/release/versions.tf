terraform {
  required_version = ">= 1.3.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The oldest with the region of data.aws_region.
      version = ">= 6.0, < 7.0"
    }
  }
}
