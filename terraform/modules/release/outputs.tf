output "agent" {
  description = "Where the release is, and its SHA-256: the `agent` of the module of the cluster."
  value = {
    url    = "https://${aws_s3_bucket.this.bucket_regional_domain_name}/${aws_s3_object.this.key}"
    sha256 = local.sha256
  }

  # What boots before it may read the release would wait for nothing.
  depends_on = [aws_s3_bucket_policy.this]
}
