//! Small languages inside configuration: parsers with spans that know nothing of the stages.

pub mod claim;
pub mod console;
pub mod day;
pub mod distance;
pub mod duration;
pub mod duties;
pub mod fluentbit;
pub mod fluentd;
pub mod grafana;
pub mod grok;
pub mod logging;
pub mod logsearch;
pub mod logstash;
pub mod matcher;
pub mod path;
pub mod pattern;
pub mod placeholder;
pub mod promql;
pub mod re2;
pub mod river;
pub mod sensitive;
pub mod template;
pub mod text;
pub mod unbounded;
pub mod version;
pub mod xml;
