# What the provider of EchoStream manages in a tenant, without nodes and edges.
terraform {
  required_providers {
    echostream = {
      source = "Echo-Stream/echostream"
    }
  }
}

provider "echostream" {}

data "echostream_message_type" "text" {
  name = "echo.text"
}

data "echostream_alert_emitter_node" "node" {}
data "echostream_app_change_router_node" "node" {}
data "echostream_audit_emitter_node" "node" {}
data "echostream_change_emitter_node" "node" {}
data "echostream_dead_letter_emitter_node" "node" {}
data "echostream_log_emitter_node" "node" {}

data "echostream_app_change_receiver_node" "node" {
  app = echostream_external_app.app.name
}

resource "echostream_tenant" "tenant" {
  audit       = true
  config      = jsonencode({ a = 1 })
  description = "managed"
}

resource "echostream_api_user" "user" {
  role = "read_only"
}

resource "echostream_tenant_user" "user" {
  email  = "a@example.com"
  role   = "user"
  status = "invited"
}

resource "echostream_external_app" "app" {
  name         = "tf-external"
  config       = jsonencode({ b = 2 })
  table_access = true
}

resource "echostream_managed_app" "app" {
  name = "tf-managed"
}

resource "echostream_managed_app_instance_userdata" "userdata" {
  app  = echostream_managed_app.app.name
  name = "one"
}

resource "echostream_managed_app_instance_iso" "iso" {
  app  = echostream_managed_app.app.name
  name = "one"
}

resource "echostream_cross_account_app" "app" {
  name         = "tf-cross-account"
  account      = "123456789012"
  table_access = false
}

resource "echostream_cross_tenant_sending_app" "app" {
  name             = "tf-sender"
  description      = ""
  receiving_app    = "inbox"
  receiving_tenant = "far-away"
}

resource "echostream_cross_tenant_receiving_app" "app" {
  name           = "tf-receiver"
  description    = ""
  sending_tenant = "far-away"
}

resource "echostream_message_type" "type" {
  name               = "tf.note"
  description        = "Notes"
  auditor            = data.echostream_message_type.text.auditor
  bitmapper_template = data.echostream_message_type.text.bitmapper_template
  processor_template = data.echostream_message_type.text.processor_template
  sample_message     = "a note"
  requirements       = ["boto3"]
}

resource "echostream_processor_function" "function" {
  name                  = "tf-processor"
  argument_message_type = "echo.text"
  return_message_type   = "echo.text"
  code                  = data.echostream_message_type.text.processor_template
  description           = "Processes"
}

resource "echostream_bitmapper_function" "function" {
  name                  = "tf-bitmapper"
  argument_message_type = "echo.text"
  code                  = data.echostream_message_type.text.bitmapper_template
  description           = "Maps"
  readme                = "# Maps"
}

resource "echostream_api_authenticator_function" "function" {
  name        = "tf-authenticator"
  code        = "def authenticate(*, context, conn, **kwargs):\n    return None\n"
  description = "Authenticates"
}

resource "echostream_managed_node_type" "type" {
  name                 = "tf-type"
  description          = "A type"
  image_uri            = "public.ecr.aws/x/y:1"
  receive_message_type = "echo.text"
  mount_requirements   = [{ description = "data", target = "/data" }]
  port_requirements    = [{ container_port = 80, description = "web", protocol = "tcp" }]
}

resource "echostream_kms_key" "key" {
  name = "tf-key"
}
