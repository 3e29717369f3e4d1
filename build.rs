//! Compiles `rules/`, `schemas/`, `settings/`, `metrics/` and `data/` into static data, so that start-up reads nothing.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    reason = "modules shared with the library"
)]

#[path = "src/source.rs"]
mod source;

#[path = "src/parse"]
mod parse {
    mod block;
    pub mod offsets;
    mod plain;
    pub mod tree;
    pub mod yaml;
}

#[path = "src/facts"]
mod facts {
    pub mod subject;
}

#[path = "src/catalogue"]
mod catalogue {
    pub mod load;
    pub mod model;
    pub mod predicate;
}

#[path = "build/components.rs"]
mod components;
#[path = "build/elastic.rs"]
mod elastic;
#[path = "build/jaeger.rs"]
mod jaeger;
#[path = "build/libraries.rs"]
mod libraries;
#[path = "build/metrics.rs"]
mod metrics;
#[path = "build/nist.rs"]
mod nist;
#[path = "build/plugins.rs"]
mod plugins;
#[path = "build/queries.rs"]
mod queries;
#[path = "build/rules.rs"]
mod rules;
#[path = "build/schemas.rs"]
mod schemas;
#[path = "build/semconv.rs"]
mod semconv;
#[path = "build/settings.rs"]
mod settings;
#[path = "build/shippers.rs"]
mod shippers;

#[path = "src/standard"]
mod standard {
    pub mod load;
    pub mod model;
}
#[path = "build/standard.rs"]
mod standards;

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=schemas");
    println!("cargo::rerun-if-changed=settings");
    println!("cargo::rerun-if-changed=plugins");
    println!("cargo::rerun-if-changed=queries");
    println!("cargo::rerun-if-changed=metrics");
    println!("cargo::rerun-if-changed=flags");
    println!("cargo::rerun-if-changed=components");
    println!("cargo::rerun-if-changed=shippers");
    println!("cargo::rerun-if-changed=libraries");
    println!("cargo::rerun-if-changed=semconv");
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && !is_static {
        // All these tables are texts, 180,000 pointers: where the program stands at the place it
        // was linked for, nobody has to write them anew at each start.
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    write(&out.join("rules.rs"), &rules::generate(Path::new("rules")));
    write(&out.join("schemas.rs"), &schemas::generate(Path::new("schemas")));
    write(&out.join("queries.rs"), &queries::generate(Path::new("queries/elasticsearch.yaml")));
    write(&out.join("libraries.rs"), &libraries::generate(Path::new("libraries")));
    write(&out.join("semconv.rs"), &semconv::generate(Path::new("semconv")));
    write(&out.join("settings.rs"), &settings::generate(Path::new("settings")));
    write(&out.join("metrics.rs"), &metrics::generate(Path::new("metrics")));
    let flags = jaeger::generate(Path::new("flags/jaeger-v1.yaml"));
    write(&out.join("jaeger.rs"), &flags);
    let components = components::generate(Path::new("components/collector.yaml"));
    write(&out.join("components.rs"), &components);
    write(&out.join("elastic.rs"), &elastic::generate(Path::new("settings/elastic")));
    write(&out.join("plugins.rs"), &plugins::generate(Path::new("plugins")));
    write(&out.join("shippers.rs"), &shippers::generate(Path::new("shippers")));
    let controls = nist::generate(Path::new("data/nist-800-53-r5.json"));
    write(&out.join("nist.rs"), &controls);
    let standard = Path::new("rules/standard/obs-1.0.0.yaml");
    let backing = Path::new("rules/standard/nist-evidence.yaml");
    let text = standards::generate(standard) + &standards::backing(backing);
    write(&out.join("standard.rs"), &text);
}

fn write(path: &Path, text: &str) {
    if let Err(error) = std::fs::write(path, text) {
        fail(&format!("cannot write {}: {error}", path.display()));
    }
}

/// Stops the build with a message that names the file to mend.
fn fail(message: &str) -> ! {
    println!("cargo::error={}", message.replace('\n', " "));
    std::process::exit(1);
}
