# The release in a bucket that only this VPC may read, without credentials: what boots has nothing but curl.
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = [aws_route_table.private.id]
}

resource "aws_s3_bucket" "release" {
  bucket_prefix = "slurm-node-agent-"
}

resource "aws_s3_bucket_public_access_block" "release" {
  bucket = aws_s3_bucket.release.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "release" {
  bucket = aws_s3_bucket.release.id

  # To S3 a policy that names one VPC endpoint is not public.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["s3:GetObject"]
      Resource  = ["${aws_s3_bucket.release.arn}/*"]
      Condition = { StringEquals = { "aws:SourceVpce" = aws_vpc_endpoint.s3.id } }
    }]
  })
}

# Under a name of its own for each release: an instance that boots anew fetches the one that its user_data names.
resource "aws_s3_object" "agent" {
  bucket = aws_s3_bucket.release.id
  key    = "slurm-node-agent-${local.agent_sha256}.tar.gz"
  source = var.agent_file
}

locals {
  agent_sha256 = filesha256(var.agent_file)
}
