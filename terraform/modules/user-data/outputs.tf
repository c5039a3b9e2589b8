output "text" {
  description = "The script as cloud-init sees it."
  value       = local.text
}

output "base64" {
  description = "For `user_data_base64` of an aws_instance: the script, compressed where it would not fit otherwise."
  value       = local.base64

  precondition {
    condition     = local.bytes <= local.limit_bytes
    error_message = "The user_data has ${local.bytes} bytes, and EC2 takes ${local.limit_bytes}: shorten the configuration."
  }
}

output "bytes" {
  description = "The size that EC2 counts."
  value       = local.bytes
}

output "compressed" {
  description = "Whether it had to be compressed."
  value       = local.compressed
}
