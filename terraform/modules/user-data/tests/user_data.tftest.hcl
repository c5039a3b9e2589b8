# Run by `terraform init && terraform test` in the folder above. Needs no provider and no network.

variables {
  configuration = {
    role     = "frontend"
    hostname = "frontend-server"
    efs      = { fileSystemId = "fs-0123456789abcdef0" }
  }
  agent = {
    url    = "https://example.com/slurm-node-agent.tar.gz"
    sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
  }
  node = {
    url    = "https://example.com/node-v24.9.0-linux-x64.tar.xz"
    sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
  }
}

run "what_fits_is_plain" {
  command = plan

  assert {
    condition     = startswith(output.text, "#cloud-boothook\n#!/bin/sh\n")
    error_message = "cloud-init would not take it for a boothook."
  }

  assert {
    condition     = !output.compressed && base64decode(output.base64) == output.text
    error_message = "It would not be readable in the console."
  }

  assert {
    condition     = output.bytes == length(output.text)
    error_message = "The size is not that of the text, which has no character of more than a byte."
  }
}

run "the_configuration_arrives_as_it_is" {
  command = plan

  variables {
    configuration = {
      role     = "job"
      hostname = "job-1"
      packages = ["g++", "nothing"]
      odd      = { text = "$${HOME} %%{if} '\" \\ <&> \nCONFIG\n あ", number = 0.5, flag = false, none = null }
    }
  }

  assert {
    condition     = jsondecode(regex("<<'CONFIG'\n(.*)\nCONFIG\n$", output.text)[0]) == var.configuration
    error_message = "The configuration in the script is not the one that was given."
  }

  assert {
    condition     = base64decode(output.base64) == output.text
    error_message = "The text is not what is encoded."
  }

  # あ has three bytes.
  assert {
    condition     = output.bytes == length(output.text) + 2
    error_message = "The size is not in bytes."
  }
}

run "what_does_not_fit_is_compressed" {
  command = plan

  variables {
    configuration = {
      role     = "frontend"
      packages = [for index in range(1000) : "some-package-${index}"]
    }
  }

  assert {
    condition     = length(output.text) > 16384 && output.compressed && output.bytes <= 16384
    error_message = "A configuration of 1000 packages does not fit."
  }

  # The first bytes of gzip with deflate: 1f 8b 08.
  assert {
    condition     = startswith(output.base64, "H4sI")
    error_message = "It is not gzip."
  }
}

run "what_never_fits_is_refused" {
  command = plan

  variables {
    configuration = {
      role     = "frontend"
      packages = [for index in range(600) : sha256(tostring(index))]
    }
  }

  expect_failures = [output.base64]
}

run "a_configuration_without_a_role_is_refused" {
  command = plan

  variables {
    configuration = { hostname = "frontend-server" }
  }

  expect_failures = [var.configuration]
}

run "a_configuration_that_is_text_is_refused" {
  command = plan

  variables {
    configuration = "{\"role\":\"frontend\"}"
  }

  expect_failures = [var.configuration]
}

run "a_url_that_would_end_its_quotes_is_refused" {
  command = plan

  variables {
    agent = {
      url    = "https://example.com/a'; reboot; '"
      sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
    }
    node = {
      url    = "ftp://example.com/node.tar.xz"
      sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
    }
  }

  expect_failures = [var.agent, var.node]
}

run "a_url_with_a_password_is_refused" {
  command = plan

  variables {
    agent = {
      url    = "https://ada:secret@example.com/slurm-node-agent.tar.gz"
      sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
    }
    node = {
      url    = "https://token@example.com/node-v24.9.0-linux-x64.tar.xz"
      sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
    }
  }

  expect_failures = [var.agent, var.node]
}

run "a_url_with_a_signature_is_refused" {
  command = plan

  variables {
    agent = {
      url    = "https://release.s3.amazonaws.com/slurm-node-agent.tar.gz?X-Amz-Signature=0123456789abcdef"
      sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
    }
    node = {
      url    = "https://example.com/node-v24.9.0-linux-x64.tar.xz#token"
      sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
    }
  }

  expect_failures = [var.agent, var.node]
}

run "a_url_with_what_queries_are_made_of_is_refused" {
  command = plan

  variables {
    agent = {
      url    = "https://example.com/key=0123456789abcdef/slurm-node-agent.tar.gz"
      sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
    }
    node = {
      url    = "https://example.com/node-v24.9.0-linux-x64.tar.xz&token"
      sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
    }
  }

  expect_failures = [var.agent, var.node]
}

run "a_checksum_that_is_none_is_refused" {
  command = plan

  variables {
    agent = { url = "https://example.com/slurm-node-agent.tar.gz", sha256 = "latest" }
    node = {
      url    = "https://example.com/node-v24.9.0-linux-x64.tar.xz"
      sha256 = "222222222222222222222222222222222222222222222222222222222222222G"
    }
  }

  expect_failures = [var.agent, var.node]
}

run "the_committed_examples_are_what_is_rendered" {
  command = plan

  module {
    source = "./examples"
  }

  assert {
    condition     = output.frontend == file("examples/frontend.sh") && output.job == file("examples/job.sh")
    error_message = "Write them anew: node scripts/render-user-data.ts"
  }

  # A private key; the ID of a key of AWS; what is named as a secret; and a key without a name, which in base64 or in
  # hexadecimal digits is longer than a checksum.
  assert {
    condition = length(regexall(
      "PRIVATE KEY|A[KS]IA[0-9A-Z]{16}|(?i:secret|passw|token|credential)|[A-Za-z0-9+/]{65,}",
      "${output.frontend}${output.job}",
    )) == 0
    error_message = "There is a secret in it, which all on the instance can read."
  }
}
