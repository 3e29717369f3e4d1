//! Deployable units: what they are made of, what runs them, what they are.

use crate::common::{json, repository, run};
use obsproof::repo::Repo;
use obsproof::repo::services::{Service, ServiceKind};
use obsproof::scan;
use obsproof::source::{Encoding, Source};

fn repo(files: &[(&str, &str)]) -> Repo {
    let mut files: Vec<_> = files.to_vec();
    files.sort_unstable();
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let sources = files
        .iter()
        .map(|(path, text)| Source::new((*path).to_owned(), (*text).to_owned(), Encoding::Utf8));
    scan::model(sources.collect(), paths)
}

#[track_caller]
fn service<'r>(repo: &'r Repo, name: &str) -> &'r Service {
    let found = repo.services().iter().find(|service| service.name == name);
    let Some(found) = found else {
        let names: Vec<&str> = repo.services().iter().map(|it| it.name.as_str()).collect();
        panic!("no service `{name}` among {names:?}")
    };
    found
}

fn files<'r>(repo: &'r Repo, service: &Service) -> Vec<&'r str> {
    let path = |id: &obsproof::facts::DocumentId| repo.source(id.source).path.as_str();
    service.documents.iter().map(path).collect()
}

const GO_MAIN: &str = "package main\n\nimport (\n\t\"net/http\"\n\n\t\"acme.io/shop/internal/track\"\n)\n\nfunc main() {\n\ttrack.Start()\n\tif err := http.ListenAndServe(\":80\", nil); err != nil {\n\t\tpanic(err)\n\t}\n}\n";

#[test]
fn programs_of_one_go_module_are_services_of_their_own() {
    let repo = repo(&[
        ("go.mod", "module acme.io/shop\n\ngo 1.24\n"),
        ("cmd/cart/main.go", GO_MAIN),
        (
            "cmd/tool/main.go",
            "package main\n\nimport \"flag\"\n\nfunc main() {\n\tflag.Parse()\n}\n",
        ),
        (
            "internal/track/track.go",
            "package track\n\nimport \"acme.io/shop/internal/deep\"\n\nfunc Start() {}\n",
        ),
        ("internal/deep/deep.go", "package deep\n"),
        ("internal/other/other.go", "package other\n"),
        (
            "deploy/Dockerfile.cart",
            "FROM golang AS b\nCOPY . .\nRUN go build -o /cart ./cmd/cart\nFROM scratch\nENTRYPOINT [\"/cart\"]\n",
        ),
        (
            "compose.yaml",
            "services:\n  cart:\n    build:\n      context: .\n      dockerfile: deploy/Dockerfile.cart\n    environment:\n      OTEL_SERVICE_NAME: cart\n",
        ),
    ]);
    let cart = service(&repo, "cart");
    assert_eq!(cart.kind, ServiceKind::Server);
    assert_eq!(
        files(&repo, cart),
        ["cmd/cart/main.go", "internal/deep/deep.go", "internal/track/track.go"]
    );
    assert_eq!((cart.containers.len(), cart.images.len()), (1, 1));
    assert_eq!(repo.path(cart.anchor), "deploy/Dockerfile.cart");
    let set = repo.env_of(cart, "OTEL_SERVICE_NAME");
    assert_eq!(set.values.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["cart"]);
    assert!(repo.env_of(cart, "OTEL_TRACES_SAMPLER").is_absent());
    assert_eq!(service(&repo, "tool").kind, ServiceKind::Cli);
    let main = cart.own[0];
    assert_eq!(repo.service_of(main).map(|it| it.name.as_str()), Some("cart"));
}

#[test]
fn wrappers_in_shared_folders_count() {
    let repo = repo(&[
        (
            "package.json",
            "{ \"name\": \"acme\", \"private\": true, \"workspaces\": [\"apps/*\", \"libs/*\"] }",
        ),
        (
            "apps/pay/package.json",
            "{ \"name\": \"@acme/pay\", \"scripts\": { \"start\": \"OTEL_SERVICE_NAME=pay node src/index.js\" } }",
        ),
        (
            "apps/pay/src/index.js",
            "const { log } = require('@acme/observe');\nconst express = require('express');\nconst app = express();\napp.listen(80, () => console.log('up'));\n",
        ),
        (
            "libs/observe/package.json",
            "{ \"name\": \"@acme/observe\", \"main\": \"dist/index.js\" }",
        ),
        ("libs/observe/src/index.ts", "export * from './sdk';\nexport const log = console.log;\n"),
        (
            "libs/observe/src/sdk.ts",
            "import { NodeSDK } from '@opentelemetry/sdk-node';\nnew NodeSDK().start();\n",
        ),
    ]);
    let pay = service(&repo, "pay");
    assert_eq!(pay.kind, ServiceKind::Server);
    assert_eq!(
        files(&repo, pay),
        ["apps/pay/src/index.js", "libs/observe/src/index.ts", "libs/observe/src/sdk.ts"]
    );
    assert_eq!(repo.env_of(pay, "OTEL_SERVICE_NAME").values[0].text, "pay");
    assert_eq!(service(&repo, "observe").kind, ServiceKind::Library);
    assert_eq!(repo.text(pay.anchor), "\"@acme/pay\"");
}

#[test]
fn python_packages_are_found_from_the_folders_above() {
    let repo = repo(&[
        ("services/mail/requirements.txt", "fastapi==0.120\nuvicorn\n"),
        (
            "services/mail/Dockerfile",
            "FROM python:3.13\nENV OTEL_SERVICE_NAME=mail LOG=info\nCOPY . .\nCMD [\"uvicorn\", \"app.main:app\"]\n",
        ),
        (
            "services/mail/app/main.py",
            "from fastapi import FastAPI\nfrom .send import send\nfrom common.tracing import (\n    setup,  # first\n)\napp = FastAPI()\n\ntry:\n    setup()\nexcept ValueError:\n    raise\n",
        ),
        ("services/mail/app/send.py", "def send(): ...\n"),
        ("common/__init__.py", ""),
        ("common/tracing.py", "def setup(): ...\n"),
        ("common/unused.py", ""),
    ]);
    let mail = service(&repo, "mail");
    assert_eq!(mail.kind, ServiceKind::Server);
    assert_eq!(
        files(&repo, mail),
        [
            "common/__init__.py",
            "common/tracing.py",
            "services/mail/app/main.py",
            "services/mail/app/send.py"
        ]
    );
    assert_eq!(repo.env_of(mail, "OTEL_SERVICE_NAME").values[0].text, "mail");
    assert_eq!(repo.env_of(mail, "LOG").values[0].text, "info");
}

#[test]
fn java_and_csharp_follow_packages_and_projects() {
    let repo = repo(&[
        (
            "orders/pom.xml",
            "<project>\n  <parent><artifactId>acme</artifactId></parent>\n  <artifactId>orders</artifactId>\n  <dependencies>\n    <dependency><groupId>io.acme</groupId><artifactId>observe</artifactId><version>1</version></dependency>\n  </dependencies>\n</project>\n",
        ),
        (
            "orders/src/main/java/io/acme/orders/Main.java",
            "package io.acme.orders;\n\nimport org.springframework.boot.SpringApplication;\n\n@SpringBootApplication\npublic class Main {\n  public static void main(String[] a) {\n    try {\n      SpringApplication.run(Main.class, a);\n    } catch (Exception e) {\n      throw e;\n    }\n  }\n}\n",
        ),
        ("observe/pom.xml", "<project><artifactId>observe</artifactId></project>\n"),
        (
            "observe/src/main/java/io/acme/observe/Setup.java",
            "package io.acme.observe;\npublic class Setup {}\n",
        ),
        (
            "cart/Cart.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <ItemGroup>\n    <ProjectReference Include=\"..\\Shared\\Shared.csproj\" />\n    <PackageReference Include=\"Serilog\" Version=\"4.0\" />\n  </ItemGroup>\n</Project>\n",
        ),
        (
            "cart/Program.cs",
            "using Acme.Shared;\n\nvar builder = WebApplication.CreateBuilder(args);\ntry { builder.Build().Run(); } catch { throw; }\n",
        ),
        ("Shared/Shared.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>\n"),
        ("Shared/Log.cs", "namespace Acme.Shared;\npublic class Log {}\n"),
    ]);
    let orders = service(&repo, "orders");
    assert_eq!(orders.kind, ServiceKind::Server);
    assert_eq!(
        files(&repo, orders),
        [
            "observe/src/main/java/io/acme/observe/Setup.java",
            "orders/src/main/java/io/acme/orders/Main.java"
        ]
    );
    assert_eq!(repo.text(orders.anchor), "orders");
    let cart = service(&repo, "Cart");
    assert_eq!(cart.kind, ServiceKind::Server);
    assert_eq!(files(&repo, cart), ["Shared/Log.cs", "cart/Program.cs"]);
    let versions = &repo.facts.manifests[cart.manifests[0]].dependencies[0];
    assert_eq!(versions.version.as_ref().map(|it| it.text.as_str()), Some("4.0"));
}

#[test]
fn rust_workspaces_are_followed_by_the_names_of_crates() {
    let repo = repo(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"ship\", \"acme-trace\"]\n"),
        (
            "ship/Cargo.toml",
            "[package]\nname = \"ship\"\n\n[dependencies]\nacme-trace = { path = \"../acme-trace\" }\naxum = \"0.8\"\n",
        ),
        (
            "ship/src/main.rs",
            "mod routes;\nuse acme_trace::start;\n\n#[tokio::main]\nasync fn main() {\n    start();\n    tracing::info!(\"up\");\n    axum::serve(1, routes::all()).await;\n}\n",
        ),
        ("ship/src/routes.rs", "pub fn all() {}\n"),
        ("acme-trace/Cargo.toml", "[package]\nname = \"acme-trace\"\n"),
        ("acme-trace/src/lib.rs", "pub fn start() {}\n"),
    ]);
    let ship = service(&repo, "ship");
    assert_eq!(ship.kind, ServiceKind::Server);
    assert_eq!(
        files(&repo, ship),
        ["acme-trace/src/lib.rs", "ship/src/main.rs", "ship/src/routes.rs"]
    );
    assert_eq!(service(&repo, "acme-trace").kind, ServiceKind::Library);
}

#[test]
fn languages_that_are_not_read_make_a_unit_unknown() {
    let repo = repo(&[
        ("quote/composer.json", "{ \"name\": \"acme/quote\", \"require\": { \"php\": \">=8\" } }"),
        ("quote/public/index.php", "<?php echo 1;\n"),
        ("quote/Dockerfile", "FROM php:8\nCOPY . .\nEXPOSE 80\n"),
    ]);
    let quote = service(&repo, "quote");
    assert_eq!((quote.kind, quote.unread.as_slice()), (ServiceKind::Unknown, &["PHP"][..]));
    assert!(!quote.is_readable());
}

#[test]
fn images_of_others_pages_and_tests_are_no_services() {
    let repo = repo(&[
        (
            "compose.yaml",
            "services:\n  db:\n    image: postgres:17\n  web:\n    build: web\n    ports: [\"80:80\"]\n",
        ),
        ("web/package.json", "{ \"name\": \"web\", \"dependencies\": { \"react-dom\": \"19\" } }"),
        ("web/src/index.tsx", "import './app';\n"),
        (
            "web/Dockerfile",
            "FROM node AS b\nRUN npm run build\nFROM nginx:1.29\nCOPY --from=b /dist /usr/share/nginx/html\n",
        ),
        ("tests/e2e/package.json", "{ \"name\": \"e2e\" }"),
        ("tests/e2e/index.js", "require('express')().listen(1)\n"),
    ]);
    let names: Vec<(&str, ServiceKind)> =
        repo.services().iter().map(|it| (it.name.as_str(), it.kind)).collect();
    assert_eq!(names, [("web", ServiceKind::Site)]);
}

#[test]
fn manifests_of_kubernetes_are_matched_by_the_name_of_the_image() {
    let repo = repo(&[
        ("src/cartservice/package.json", "{ \"name\": \"cart\", \"main\": \"server.js\" }"),
        (
            "src/cartservice/server.js",
            "const http = require('http');\nhttp.createServer().listen(1);\nconsole.log('up');\n",
        ),
        ("src/cartservice/Dockerfile", "FROM node:24\nCMD [\"node\", \"server.js\"]\n"),
        (
            "k8s/cart.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: cartservice\nspec:\n  template:\n    spec:\n      containers:\n        - name: server\n          image: registry.acme.io/shop/cartservice:1.0\n          env:\n            - name: OTEL_SERVICE_NAME\n              valueFrom:\n                configMapKeyRef: { name: names, key: cart }\n            - name: TOKEN\n              valueFrom:\n                secretKeyRef: { name: tokens, key: cart }\n",
        ),
        (
            "k8s/names.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: names\ndata:\n  cart: cartservice\n",
        ),
    ]);
    let cart = service(&repo, "cartservice");
    assert_eq!((cart.kind, cart.containers.len()), (ServiceKind::Server, 1));
    let name = repo.env_of(cart, "OTEL_SERVICE_NAME");
    assert_eq!(name.values.last().map(|it| it.text.as_str()), Some("cartservice"));
    assert!(repo.env_of(cart, "TOKEN").open);
    assert!(repo.env_of(cart, "OTHER").is_absent());
    let manifest = repo.facts.containers[cart.containers[0]].document;
    assert_eq!(repo.service_of(manifest).map(|it| it.name.as_str()), Some("cartservice"));
}

#[test]
fn owners_come_from_labels_then_catalogues_then_paths() {
    let repo = repo(&[
        (
            ".github/CODEOWNERS",
            "*           @acme/all\n/src/mail/  @acme/mail @ann # people\n*.tf\n",
        ),
        (
            "src/cart/catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: cart\nspec:\n  type: service\n  owner: team-shop\n",
        ),
        ("src/cart/Cargo.toml", "[package]\nname = \"shop-cart\"\n"),
        ("src/cart/src/main.rs", "fn main() {\n    tracing::info!(\"up\");\n}\n"),
        ("src/mail/requirements.txt", "flask\n"),
        ("src/mail/main.py", "print(1)\n"),
        (
            "k8s/prod/mail.yaml",
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: mail\n  labels:\n    team: team-mail\n",
        ),
    ]);
    let cart = service(&repo, "cart");
    assert_eq!(cart.owner.as_deref(), Some("team-shop"));
    assert_eq!(repo.owner_of(cart.own[0]), Some("team-shop"));
    assert_eq!(repo.owner_of(service(&repo, "mail").own[0]), Some("@acme/mail"));
    assert_eq!(repo.owner_of_path("infra/a.tf"), None);
    assert_eq!(repo.owner_of_path("infra/a.yml"), Some("@acme/all"));
    let object = repo.facts.services[0].document;
    assert_eq!(repo.owner_of(object), Some("team-mail"));
    assert_eq!(repo.environment_of(object), Some("production"));
}

#[test]
fn the_configuration_names_services_and_their_folders() {
    let text = "[[service]]\nname = \"checkout\"\npath = \"apps/co\"\nowner = \"team-pay\"\nnames = [\"co\", \"checkout-svc\"]\n";
    let settings = obsproof::config::read("obsproof.toml", text.to_owned(), "");
    let Ok(settings) = settings else { panic!("it is read") };
    let mut repo = repo(&[
        ("apps/package.json", "{ \"name\": \"apps\" }"),
        ("apps/co/server.js", "require('express')().listen(1);\nconsole.log('up');\n"),
    ]);
    repo.configure(settings);
    let checkout = service(&repo, "checkout");
    assert_eq!((checkout.root.as_str(), checkout.owner.as_deref()), ("apps/co", Some("team-pay")));
    assert_eq!(repo.other_names("co"), ["co", "checkout-svc"]);
    let wrong =
        obsproof::config::read("obsproof.toml", "[[service]]\npth = \"a\"\n".to_owned(), "");
    let Err((_, errors)) = wrong else { panic!("it is refused") };
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["a service has no name", "unknown key `pth`"]);
}

#[test]
fn a_method_called_route_is_no_server() {
    let manifest = ("Cargo.toml", "[package]\nname = \"walk\"\n");
    let own = "use log::info;\nfn main() {\n    let tree = Tree::new();\n    tree.route(\"a\", 0);\n    info!(\"done\");\n}\n";
    let tool = repo(&[manifest, ("src/main.rs", own)]);
    assert!(!service(&tool, "walk").runs(), "{:?}", service(&tool, "walk").kind);
    let served = "use log::info;\nfn app() -> axum::Router {\n    info!(\"up\");\n    axum::Router::new().route(\"/\", axum::routing::get(index))\n}\nfn main() {}\n";
    let server = repo(&[manifest, ("src/main.rs", served)]);
    assert!(service(&server, "walk").runs(), "{:?}", service(&server, "walk").kind);
}

#[test]
fn neither_tests_nor_one_of_many_scripts_name_a_service() {
    let rust = "use axum::{routing::get, Router};\nfn main() {\n    axum::serve(listener, Router::new().route(\"/\", get(index)));\n}\n";
    let tested = repo(&[
        ("Cargo.toml", "[package]\nname = \"tiles\"\n[dependencies]\naxum = \"0.8\"\n"),
        ("src/main.rs", rust),
        ("Dockerfile", "FROM rust\nCOPY . .\nCMD [\"/tiles\"]\n"),
        (
            "test-engineering/compose.yml",
            "services:\n  client:\n    build:\n      context: ..\n      dockerfile: Dockerfile\n",
        ),
    ]);
    assert_eq!(service(&tested, "tiles").root, "");
    let main = "from flask import Flask\napp = Flask(__name__)\nif __name__ == \"__main__\":\n    app.run()\n";
    let many = repo(&[
        ("README.md", "# Night Watch\n"),
        ("requirements.txt", "flask==3.1.0\n"),
        ("watch/create.py", main),
        ("watch/watch.py", main),
    ]);
    assert_eq!(service(&many, "night-watch").root, "");
}

#[test]
fn what_serves_is_not_called_as_its_helpers() {
    let app = "from flask import Flask\napp = Flask(__name__)\n@app.route(\"/\")\ndef index():\n    return \"a\"\nif __name__ == \"__main__\":\n    app.run()\n";
    let repo = repo(&[
        ("README.md", "# shop\n"),
        ("requirements.txt", "flask==3.0\n"),
        ("Dockerfile", "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n"),
        ("app.py", app),
        ("compose.yml", "services:\n  celery_beat:\n    build: .\n    command: python beat.py\n"),
    ]);
    let names: Vec<&str> = repo.services().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["shop"]);
}

#[test]
fn what_a_compiler_wrote_is_no_code_of_its_own() {
    let source = "const app = require(\"express\")();\napp.listen(80);\n";
    let marked = format!("{source}//# sourceMappingURL=app.js.map\n");
    let typed = format!(
        "\"use strict\";\nObject.defineProperty(exports, \"__esModule\", {{ value: true }});\n{source}"
    );
    let read = |path: &str, text: &str| {
        let source = Source::new(path.to_owned(), text.to_owned(), Encoding::Utf8);
        !obsproof::discover::is_generated(&source, &ignore::gitignore::Gitignore::empty())
    };
    assert!(!read("dist/app.js", &marked));
    assert!(!read("dist/app.js", &typed));
    assert!(read("dist/app.js", source));
    assert!(read("src/app.js", &typed));
}

const FLASK: &str = "import flask\n\napp = flask.Flask(__name__)\n\n@app.route(\"/x\")\ndef x():\n    return \"x\"\n";

#[test]
fn commands_say_which_code_an_image_of_the_root_starts() {
    let page = ("ui/a.ts", "import express from 'express';\nexpress().listen(80);\n");
    let repo = repo(&[
        ("requirements.txt", "flask==3.0\n"),
        ("app.py", FLASK),
        (
            "deploy/Dockerfile",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"/app/app.py\"]\n",
        ),
        ("ui/package.json", "{ \"name\": \"ui\", \"dependencies\": { \"express\": \"4\" } }"),
        page,
        ("ui/Dockerfile", "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n"),
        (
            "compose.yaml",
            "services:\n  web:\n    build: { context: ., dockerfile: deploy/Dockerfile }\n    ports: [\"80:80\"]\n  ui:\n    build: ui\n",
        ),
    ]);
    let web = service(&repo, "web");
    assert_eq!((web.root.as_str(), web.images.len(), web.kind), ("", 1, ServiceKind::Server));
    assert_eq!(service(&repo, "ui").images.len(), 1);
}

#[test]
fn arguments_of_a_build_say_which_of_many_programs_an_image_starts() {
    let server = "import express from 'express';\nexpress().listen(80);\n";
    let repo = repo(&[
        ("package.json", "{ \"private\": true, \"workspaces\": [\"apps/*\"] }"),
        ("apps/shop/package.json", "{ \"name\": \"shop\" }"),
        ("apps/shop/src/main.ts", server),
        ("apps/desk/package.json", "{ \"name\": \"desk\" }"),
        ("apps/desk/src/main.ts", server),
        (
            "build/Dockerfile",
            "FROM node:22\nARG APP\nCOPY . .\nENV APP=${APP}\nCMD [\"sh\", \"-c\", \"node apps/$APP/dist/main.js\"]\n",
        ),
        (
            "compose.yaml",
            "services:\n  one:\n    build: { context: ., dockerfile: build/Dockerfile, args: { APP: shop } }\n  two:\n    build: { context: ., dockerfile: build/Dockerfile, args: { APP: desk } }\n",
        ),
    ]);
    assert_eq!(service(&repo, "one").root, "apps/shop");
    assert_eq!(service(&repo, "two").root, "apps/desk");
}

#[test]
fn of_containers_with_the_same_code_the_one_that_others_reach_gives_the_name() {
    let repo = repo(&[
        ("requirements.txt", "flask==3.0\ncelery\n"),
        ("shop/__init__.py", ""),
        ("shop/wsgi.py", FLASK),
        ("shop/jobs.py", "import celery\n\napp = celery.Celery()\n"),
        ("tool/go.mod", "module acme.io/tool\n"),
        ("tool/main.go", "package main\n\nfunc main() {}\n"),
        ("build/Dockerfile", "FROM python:3.12\nCOPY shop shop\n"),
        (
            "compose.yaml",
            "services:\n  tasks:\n    build: { context: ., dockerfile: build/Dockerfile }\n    command: celery -A shop.jobs worker\n  web:\n    build: { context: ., dockerfile: build/Dockerfile }\n    command: gunicorn -b 0.0.0.0:80 shop.wsgi:app\n    ports: [\"80:80\"]\n",
        ),
    ]);
    let web = service(&repo, "web");
    assert_eq!((web.containers.len(), web.images.len()), (2, 1));
}

/// What pip was told to put into a folder is somebody else's; a folder with that name alone is not.
#[test]
fn a_folder_that_pip_fills_is_not_read() {
    let swallows = "def a():\n    try:\n        save()\n    except Exception:\n        pass\n";
    let written = ["one", "two", "three"].map(|name| format!("libs/{name}-1.0.dist-info/METADATA"));
    let mut files = vec![("libs/one/__init__.py", swallows), ("app/a.py", swallows)];
    let found = |files: &[(&str, &str)]| {
        let folder = repository(files);
        let told = json(&run(folder.path(), &["check", "--select", "LOGS010", "--format", "json"]));
        let findings = told["findings"].as_array().expect("findings").clone();
        findings.iter().map(|it| it["path"].as_str().expect("a path").to_owned()).collect()
    };
    let all: Vec<String> = found(&files);
    assert_eq!(all, ["app/a.py", "libs/one/__init__.py"]);
    files.extend(written.iter().map(|path| (path.as_str(), "Name: x\n")));
    let own: Vec<String> = found(&files);
    assert_eq!(own, ["app/a.py"]);
}
