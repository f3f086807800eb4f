module hiveloop-otel/test/backends/jaeger

go 1.25.4

require github.com/jaegertracing/jaeger v1.76.0

replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
