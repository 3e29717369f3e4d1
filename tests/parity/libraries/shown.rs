//! What packages of crates.io write, hear and refuse: one line of JSON for each claim of libraries/rust.yaml.
//!
//! In a package of its own: `cargo add tracing opentelemetry@0.30 slog slog-json serde_json http futures-executor`,
//! `cargo add tracing-subscriber -F json`, `cargo add opentelemetry_sdk@0.30 -F trace`, `cargo add tower -F util`,
//! `cargo add tower-http -F trace`, `cargo add tracing-bunyan-formatter --no-default-features`.

use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde_json::{Value, json};
use slog::Drain;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tower::{ServiceBuilder, ServiceExt};
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn tell(kind: &str, api: &str, package: &str, version: &str, key: &str, value: Value) {
    let mut line = json!({"language": "rust", "kind": kind, "api": api, "package": package, "version": version});
    line[key] = value;
    println!("{line}");
}

fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(inner, &path, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

fn record(api: &str, package: &str, version: &str, text: &str) {
    let mut keys = Vec::new();
    leaves(&serde_json::from_str(text.lines().next().unwrap()).unwrap(), "", &mut keys);
    tell("record", api, package, version, "keys", json!(keys));
}

fn main() {
    let kept = Kept::default();
    let to = kept.clone();
    let json = tracing_subscriber::fmt().json().with_writer(move || to.clone()).finish();
    tracing::subscriber::with_default(json, || tracing::info!("bought"));
    record("tracing_subscriber.fmt().json", "tracing-subscriber", "0.3", &kept.text());

    let kept = Kept::default();
    let to = kept.clone();
    let layer = tracing_bunyan_formatter::BunyanFormattingLayer::new("shop".into(), move || to.clone());
    let bunyan = tracing_subscriber::registry().with(tracing_bunyan_formatter::JsonStorageLayer).with(layer);
    tracing::subscriber::with_default(bunyan, || tracing::info!("bought"));
    record("tracing_bunyan_formatter", "tracing-bunyan-formatter", "0.3", &kept.text());

    let kept = Kept::default();
    let drain = Mutex::new(slog_json::Json::default(kept.clone())).fuse();
    slog::info!(slog::Logger::root(drain, slog::o!()), "bought");
    record("slog_json.Json.default", "slog-json", "2", &kept.text());

    let kept = Kept::default();
    let to = kept.clone();
    let text = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || to.clone()).finish();
    tracing::subscriber::with_default(text, || {
        let layer = tower_http::trace::TraceLayer::new_for_http();
        let answer = |_: http::Request<String>| async { Ok::<_, std::io::Error>(http::Response::new(String::new())) };
        let service = ServiceBuilder::new().layer(layer).service_fn(answer);
        let request = http::Request::builder().uri("/orders/7").body(String::new()).unwrap();
        futures_executor::block_on(service.oneshot(request)).unwrap();
    });
    let logged = kept.text().contains("/orders/7");
    tell("request-log", "tower_http.trace.TraceLayer.new_for_http", "tower-http", "0.6", "logged", json!(logged));

    // Which one made a span, its resource says.
    let made = |name: &'static str| {
        let named = Resource::builder_empty().with_service_name(name).build();
        SdkTracerProvider::builder().with_resource(named).with_sampler(opentelemetry_sdk::trace::Sampler::AlwaysOff).build()
    };
    opentelemetry::global::set_tracer_provider(SdkTracerProvider::builder().build());
    opentelemetry::global::set_tracer_provider(made("second"));
    // The second keeps nothing, the first everything.
    let span = opentelemetry::global::tracer_provider().tracer("shop").start("buy");
    let what = if span.is_recording() { "the first stays" } else { "the second stands" };
    tell("set-twice", "opentelemetry.global.set_tracer_provider", "opentelemetry", "0.30", "what", json!(what));
}
