#!/usr/bin/env ruby
# Remakes fluentd.yaml by asking the plugins of a Fluentd for their parameters.
#
#     gem install fluentd && shippers/make_fluentd.rb > shippers/fluentd.yaml

require "fluent/load"
require "fluent/plugin"

KINDS = {
  "input" => Fluent::Plugin::INPUT_REGISTRY,
  "filter" => Fluent::Plugin::FILTER_REGISTRY,
  "output" => Fluent::Plugin::OUTPUT_REGISTRY,
  "parser" => Fluent::Plugin::PARSER_REGISTRY,
  "formatter" => Fluent::Plugin::FORMATTER_REGISTRY,
  "buffer" => Fluent::Plugin::BUFFER_REGISTRY,
}
PREFIX = { "input" => "in_", "filter" => "filter_", "output" => "out_", "parser" => "parser_", "formatter" => "formatter_", "buffer" => "buf_" }

folder = File.dirname($LOADED_FEATURES.find { |path| path.end_with?("fluent/plugin.rb") }) + "/plugin"
puts "# Made by make_fluentd.rb; the plugins that come with the program."
puts "program: fluentd"
puts "version: \"#{Fluent::VERSION}\""
puts "source: \"parameters that the plugins of Fluentd #{Fluent::VERSION} declare\""
puts "plugins:"
KINDS.each do |role, registry|
  Dir.glob("#{folder}/#{PREFIX[role]}*.rb").sort.each do |path|
    name = File.basename(path, ".rb").delete_prefix(PREFIX[role])
    begin
      plugin = registry.lookup(name)
    rescue StandardError, LoadError
      next
    end
    proxy = plugin.merged_configure_proxy
    options = proxy.params.keys.map(&:to_s).sort
    # What has an old or another name is not missed by that one.
    required = proxy.params.keys.reject { |key| proxy.defaults.key?(key) || proxy.params[key][1][:alias] }.map(&:to_s).sort
    puts "  - role: #{role}"
    puts "    name: \"#{name}\""
    puts "    required: [#{required.map { |key| "\"#{key}\"" }.join(", ")}]" unless required.empty?
    puts "    options: [#{options.map { |key| "\"#{key}\"" }.join(", ")}]"
  end
end
