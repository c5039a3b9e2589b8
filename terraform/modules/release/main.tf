# The release in a bucket that only this VPC may read, without credentials: what boots has nothing but curl.
data "aws_region" "this" {}

resource "aws_vpc_endpoint" "s3" {
  count = var.vpc_endpoint_id == null ? 1 : 0

  vpc_id          = var.vpc_id
  service_name    = "com.amazonaws.${data.aws_region.this.region}.s3"
  route_table_ids = var.route_table_ids
  tags            = var.tags
}

resource "aws_s3_bucket" "this" {
  bucket_prefix = "slurm-node-agent-"
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  # To S3 a policy that names one VPC endpoint is not public.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["s3:GetObject"]
      Resource  = ["${aws_s3_bucket.this.arn}/*"]
      Condition = {
        StringEquals = { "aws:SourceVpce" = var.vpc_endpoint_id == null ? aws_vpc_endpoint.s3[0].id : var.vpc_endpoint_id }
      }
    }]
  })
}

# Under a name of its own for each release: an instance that boots anew fetches the one that its user_data names.
resource "aws_s3_object" "this" {
  bucket = aws_s3_bucket.this.id
  key    = "slurm-node-agent-${local.sha256}.tar.gz"
  source = var.file

  # An object takes ten tags, where other resources take fifty.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  # Until the instances and the launch template name the new one, what boots still fetches the old one.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  sha256 = filesha256(var.file)
}
