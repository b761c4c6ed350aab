# The nodes and edges of the network. They are removed before the rest: the provider destroys nothing that was in use.
variable "target" {
  default = "out"
}

resource "echostream_external_node" "in" {
  app               = echostream_external_app.app.name
  name              = "tf-in"
  send_message_type = data.echostream_message_type.text.name
}

resource "echostream_external_node" "out" {
  app                  = echostream_external_app.app.name
  name                 = "tf-out"
  receive_message_type = data.echostream_message_type.text.name
  description          = "receives"
}

resource "echostream_processor_node" "processor" {
  name                  = "tf-processor"
  receive_message_type  = "echo.text"
  send_message_type     = "echo.text"
  managed_processor     = echostream_processor_function.function.name
  config                = jsonencode({})
  sequential_processing = false
}

resource "echostream_bitmap_router_node" "router" {
  name                 = "tf-router"
  receive_message_type = "echo.text"
  managed_bitmapper    = echostream_bitmapper_function.function.name
  route_table          = { "0x1" = [echostream_external_node.out.name] }
}

resource "echostream_load_balancer_node" "balancer" {
  name                 = "tf-balancer"
  receive_message_type = "echo.text"
}

resource "echostream_timer_node" "timer" {
  name                = "tf-timer"
  schedule_expression = "15 * ? * * *"
}

resource "echostream_webhook_node" "webhook" {
  name                      = "tf-webhook"
  managed_api_authenticator = echostream_api_authenticator_function.function.name
}

resource "echostream_web_sub_hub_node" "hub" {
  name = "tf-hub"
}

resource "echostream_files_dot_com_webhook_node" "files" {
  name    = "tf-files"
  api_key = "key"
}

resource "echostream_managed_node" "managed" {
  app               = echostream_managed_app.app.name
  managed_node_type = echostream_managed_node_type.type.name
  name              = "tf-managed-node"
  mounts            = [{ target = "/data" }]
  ports             = [{ container_port = 80, host_port = 8080, protocol = "tcp" }]
}

resource "echostream_edge" "in" {
  source            = echostream_external_node.in.name
  target            = echostream_processor_node.processor.name
  kmskey            = echostream_kms_key.key.name
  max_receive_count = 5
}

resource "echostream_edge" "processed" {
  source = echostream_processor_node.processor.name
  target = echostream_bitmap_router_node.router.name
}

resource "echostream_edge" "moved" {
  source      = echostream_bitmap_router_node.router.name
  target      = var.target == "out" ? echostream_external_node.out.name : echostream_load_balancer_node.balancer.name
  description = var.target
}
