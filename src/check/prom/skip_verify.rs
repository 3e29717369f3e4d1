//! Certificates nobody checks. Rule: rules/prom/skip-verify.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::Document;
use crate::facts::scalar::Scalar;
use crate::repo::{Repo, scrape};

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut found: Vec<(&Scalar, Vec<&str>)> = Vec::new();
    let jobs = repo.jobs(document.id);
    for job in jobs {
        if let Some(key) = &job.skip_verify {
            found.push((key, job.addresses().iter().map(scrape::Address::host).collect()));
        }
    }
    let endpoints = || repo.of_document(&repo.facts.remote_endpoints, document.id);
    for endpoint in endpoints() {
        if let Some(key) = &endpoint.skip_verify {
            let url = endpoint.url.iter().filter_map(Scalar::known_text);
            found.push((key, url.map(scrape::host_of).collect()));
        }
    }
    let server = repo.server(document.id);
    for target in server.into_iter().flat_map(|server| &server.alertmanagers) {
        if let Some(key) = &target.skip_verify {
            let hosts = target.targets.iter().filter_map(Scalar::known_text);
            found.push((key, hosts.map(|host| scrape::split_address(host).0).collect()));
        }
    }
    if found.is_empty() && jobs.is_empty() && endpoints().next().is_none() {
        return case.skip();
    }
    for (key, hosts) in found {
        let outside =
            hosts.iter().find(|host| is_outside(repo, host)).map(|host| (*host).to_owned());
        let flag = case.flag(key.span);
        match outside {
            Some(host) => flag.with("whom", format!("`{host}`")).severity(Severity::Warning),
            None => flag.with("whom", "the target"),
        };
    }
}

/// A name that the own cluster does not resolve. A private address may be a pod's.
fn is_outside(repo: &Repo, host: &str) -> bool {
    let parts: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    let private = match parts[..] {
        [10, _, _, _] | [192, 168, _, _] | [169, 254, _, _] => true,
        [172, second, _, _] => (16..32).contains(&second),
        _ => (host.starts_with("fc") || host.starts_with("fd")) && host.contains(':'),
    };
    !private && !scrape::is_inside(repo, host)
}
