//! What runs with a document: its release, and who reaches its ports.

use obsproof::facts::DocumentId;
use obsproof::lang::version::Version;
use obsproof::repo::Repo;
use obsproof::repo::publish::Published;
use obsproof::repo::runs::{COLLECTOR, ELASTICSEARCH, LOGSTASH, Program};
use obsproof::scan;
use obsproof::source::{Encoding, Source};

fn repo(files: &[(&str, &str)]) -> Repo {
    let mut files = files.to_vec();
    files.sort_unstable();
    let source = |(path, text): &(&str, &str)| {
        Source::new((*path).to_owned(), (*text).to_owned(), Encoding::Utf8)
    };
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    scan::model(files.iter().map(source).collect(), paths)
}

fn document(repo: &Repo, path: &str) -> DocumentId {
    let mut documents = repo.facts.documents.iter();
    let own = |id: DocumentId| repo.source(id.source).path == path;
    documents.find(|document| own(document.id)).unwrap_or_else(|| panic!("{path} was read")).id
}

/// Releases as text, and the texts they are written in.
fn releases(files: &[(&str, &str)], path: &str, program: Program) -> Vec<(String, String)> {
    let repo = repo(files);
    let found = repo.releases(document(&repo, path), program);
    assert!(!found.open, "every release is known");
    let found = found.found.iter();
    found.map(|one| (one.version.to_string(), repo.text(one.span).to_owned())).collect()
}

const NODE: (&str, &str) = (
    "elk/config/elasticsearch.yml",
    "cluster.name: a\nnetwork.host: 0.0.0.0\ndiscovery.type: single-node\n",
);

#[test]
fn a_tag_says_the_release() {
    let compose = (
        "elk/compose.yml",
        "services:\n  es:\n    image: docker.elastic.co/elasticsearch/elasticsearch:8.15.1\n",
    );
    let image = "docker.elastic.co/elasticsearch/elasticsearch:8.15.1";
    let found = releases(&[NODE, compose], NODE.0, ELASTICSEARCH);
    assert_eq!(found, [("8.15.1".to_owned(), image.to_owned())]);
    assert_eq!(releases(&[NODE, compose], NODE.0, LOGSTASH), []);
}

#[test]
fn variables_are_looked_up_where_compose_would() {
    let compose = (
        "elk/compose.yml",
        "services:\n  es:\n    build:\n      context: es/\n      args:\n        STACK: ${STACK_VERSION}\n",
    );
    let dockerfile = (
        "elk/es/Dockerfile",
        "ARG STACK=7.0.0\n# https://hub\nFROM docker.elastic.co/elasticsearch/elasticsearch:${STACK:-6.0.0}\nRUN a \\\n  b\n",
    );
    let env = ("elk/.env", "# the stack\nSTACK_VERSION=9.2.0\nPASSWORD='changeme'\n");
    let found = releases(&[NODE, compose, dockerfile, env], NODE.0, ELASTICSEARCH);
    assert_eq!(found, [("9.2.0".to_owned(), "9.2.0".to_owned())]);
    let found = releases(&[NODE, compose, dockerfile], NODE.0, ELASTICSEARCH);
    assert_eq!(found[0].0, "7.0.0");
}

#[test]
fn who_reads_a_document_goes_before_who_stands_near() {
    let compose = (
        "compose.yml",
        "services:\n  old:\n    image: elasticsearch:7.17.0\n    volumes: ['./elk/config:/usr/share/elasticsearch/config']\n  new:\n    image: elasticsearch:8.1.0\n",
    );
    let found = releases(&[NODE, compose], NODE.0, ELASTICSEARCH);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "7.17.0");
    let other = ("deploy/compose.yml", "services:\n  es:\n    image: elasticsearch:8.1.0\n");
    assert_eq!(releases(&[NODE, other], NODE.0, ELASTICSEARCH), [], "only the root joins them");
}

#[test]
fn several_releases_answer_only_where_they_agree() {
    let compose = (
        "elk/compose.yml",
        "services:\n  a:\n    image: elasticsearch:7.17.0\n  b:\n    image: elasticsearch:8.1.0\n",
    );
    let repo = repo(&[NODE, compose]);
    let found = repo.releases(document(&repo, NODE.0), ELASTICSEARCH);
    assert_eq!(found.reach(Version::new(7, 0, 0)), Some(true));
    assert_eq!(found.reach(Version::new(8, 0, 0)), None);
    assert_eq!(found.reach(Version::new(9, 0, 0)), Some(false));
}

#[test]
fn an_unknown_tag_is_unknown() {
    let compose = ("elk/compose.yml", "services:\n  a:\n    image: elasticsearch:latest\n");
    let repo = repo(&[NODE, compose]);
    let found = repo.releases(document(&repo, NODE.0), ELASTICSEARCH);
    assert_eq!((found.open, found.reach(Version::new(1, 0, 0))), (true, None));
}

const PODS: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: otel}
spec:
  template:
    metadata: {labels: {app: otel}}
    spec:
      containers:
        - name: otel
          image: otel/opentelemetry-collector:0.120.0
          ports: [{name: grpc, containerPort: 4317}]
";

fn published(files: &[(&str, &str)], port: u16) -> Option<String> {
    let repo = repo(files);
    let containers = repo.containers_of(COLLECTOR);
    assert_eq!(containers.len(), 1, "one collector runs");
    match repo.published(containers[0], port) {
        Published::Yes(span, _) => Some(repo.text(span).to_owned()),
        Published::Unknown => Some("unknown".to_owned()),
        Published::No => None,
    }
}

#[test]
fn a_compose_port_is_published_unless_it_is_bound_to_the_host_alone() {
    let with = |ports: &str| {
        let text = format!(
            "services:\n  otel:\n    image: otel/opentelemetry-collector-contrib:0.120.0\n    {ports}\n"
        );
        published(&[("compose.yml", &text)], 4317)
    };
    assert_eq!(with("ports: ['4317:4317']").as_deref(), Some("'4317:4317'"));
    assert_eq!(with("ports: [4317]").as_deref(), Some("4317"));
    assert_eq!(with("ports: ['14317:4317/tcp']").as_deref(), Some("'14317:4317/tcp'"));
    assert_eq!(with("ports: ['4310-4320:4310-4320']").as_deref(), Some("'4310-4320:4310-4320'"));
    assert_eq!(with("ports: ['127.0.0.1:4317:4317', '[::1]:4317:4317']"), None);
    assert_eq!(with("ports: ['4318:4318']"), None);
    assert_eq!(with("expose: ['4317']"), None);
    assert_eq!(with("ports: ['${PORT:-4317}:4317']").as_deref(), Some("'${PORT:-4317}:4317'"));
    assert_eq!(with("ports: ['${BIND:-x}:4317:4317']").as_deref(), Some("unknown"));
    assert_eq!(with("ports: [{target: 4317, published: 4317, host_ip: 127.0.0.1}]"), None);
    assert_eq!(with("network_mode: host").as_deref(), Some("otel"));
}

#[test]
fn a_pod_is_published_by_its_host_its_service_or_an_entrance() {
    assert_eq!(published(&[("pod.yml", PODS)], 4317), None);
    let host = PODS.replace("containerPort: 4317", "containerPort: 4317, hostPort: 14317");
    assert_eq!(published(&[("pod.yml", &host)], 4317).as_deref(), Some("14317"));
    let service = |kind: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: otel\n  annotations: {{{more}}}\nspec:\n  type: {kind}\n  selector: {{app: otel}}\n  ports: [{{name: otlp, port: 80, targetPort: grpc}}]\n"
        )
    };
    let with = |kind: &str, more: &str| {
        published(&[("pod.yml", PODS), ("service.yml", &service(kind, more))], 4317)
    };
    assert_eq!(with("ClusterIP", ""), None);
    assert_eq!(with("NodePort", "").as_deref(), Some("NodePort"));
    assert_eq!(with("LoadBalancer", "").as_deref(), Some("LoadBalancer"));
    let internal = "service.beta.kubernetes.io/aws-load-balancer-internal: 'true'";
    assert_eq!(with("LoadBalancer", internal), None);
    let ingress = |port: &str| {
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: otel}}\nspec:\n  rules:\n    - http:\n        paths:\n          - backend: {{service: {{name: otel, port: {port}}}}}\n"
        );
        let service = service("ClusterIP", "");
        published(&[("ingress.yml", &text), ("pod.yml", PODS), ("service.yml", &service)], 4317)
    };
    assert_eq!(ingress("{number: 80}").as_deref(), Some("otel"));
    assert_eq!(ingress("{name: otlp}").as_deref(), Some("otel"));
    assert_eq!(ingress("{number: 81}"), None);
    let other = service("NodePort", "").replace("app: otel", "app: other");
    assert_eq!(published(&[("pod.yml", PODS), ("service.yml", &other)], 4317), None);
}
