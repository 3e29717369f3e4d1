# Asks the published grammar of Logstash whether it takes each text: a JSON string a line on
# standard input, 1 or 0 a line on standard output. The argument is lscl_grammar.treetop.
require "json"
require "treetop"

text = File.read(ARGV[0])
# The classes of its nodes are Logstash's own; what is accepted does not depend on them.
Treetop.load_from_string(text.gsub(/^require "logstash[^\n]*\n/, "").gsub(/<LogStash::[\w:]+>/, ""))
parser = LogStashCompilerLSCLGrammarParser.new
STDIN.each_line { |line| puts(parser.parse(JSON.parse(line)) ? 1 : 0) }
