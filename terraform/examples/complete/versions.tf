terraform {
  # The oldest with check blocks.
  required_version = ">= 1.5.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.10, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region
}
