//! What programs wait for, what starts them, and how certain that makes it that they are services.

use obsproof::repo::Repo;
use obsproof::repo::services::{Certainty, Service, ServiceKind};
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

/// The certainty of the only program of some files, once an image is added that starts it.
fn imaged(files: &[(&str, &str)], command: &str) -> (ServiceKind, Certainty) {
    let image = format!("FROM scratch\nCOPY . .\nEXPOSE 9000\nCMD {command}\n");
    let mut files = files.to_vec();
    files.push(("Dockerfile", &image));
    let repo = repo(&files);
    let running = repo.services().iter().find(|it| it.runs());
    running.map_or((ServiceKind::Unknown, Certainty::Doubtful), |it| (it.kind, it.certainty))
}

#[test]
fn programs_wait_by_sockets_of_their_own() {
    let go = ("go.mod", "module acme.io/shop\n\nrequire github.com/valyala/fasthttp v1.60.0\n");
    let cargo = ("Cargo.toml", "[package]\nname = \"shop\"\n");
    let npm = ("package.json", "{\"name\": \"shop\", \"scripts\": {\"start\": \"node app.js\"}}");
    let pom = ("pom.xml", "<project><artifactId>shop</artifactId></project>");
    let net = ("Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[
                go,
                (
                    "main.go",
                    "package main\n\nimport \"net\"\n\nfunc main() {\n\tl, err := net.Listen(\"tcp\", \":9000\")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfor {\n\t\tc, _ := l.Accept()\n\t\tgo serve(c)\n\t}\n}\n",
                ),
            ],
            "[\"/shop\"]",
        ),
        (
            &[
                go,
                (
                    "main.go",
                    "package main\n\nimport \"github.com/valyala/fasthttp\"\n\nfunc main() {\n\tif err := fasthttp.ListenAndServe(\":9000\", handle); err != nil {\n\t\tpanic(err)\n\t}\n}\n",
                ),
            ],
            "[\"/shop\"]",
        ),
        (
            &[
                cargo,
                (
                    "src/main.rs",
                    "use tokio::net::TcpListener;\n#[tokio::main]\nasync fn main() {\n    let listener = TcpListener::bind(\"0.0.0.0:9000\").await.unwrap();\n    loop {\n        let (socket, _) = listener.accept().await.unwrap();\n        tokio::spawn(serve(socket));\n    }\n}\n",
                ),
            ],
            "[\"/shop\"]",
        ),
        (
            &[
                cargo,
                (
                    "src/main.rs",
                    "#[async_std::main]\nasync fn main() -> tide::Result<()> {\n    let mut app = tide::new();\n    app.at(\"/\").get(index);\n    app.listen(\"0.0.0.0:9000\").await?;\n    Ok(())\n}\n",
                ),
            ],
            "[\"/shop\"]",
        ),
        (
            &[
                npm,
                (
                    "app.js",
                    "const net = require('net');\nconst server = net.createServer((socket) => socket.pipe(socket));\nserver.listen(9000);\n",
                ),
            ],
            "[\"node\", \"app.js\"]",
        ),
        (
            &[
                npm,
                ("app.js", "require('./lib/server')();\n"),
                (
                    "lib/server.js",
                    "const Koa = require('koa');\nmodule.exports = () => {\n  const app = new Koa();\n  app.listen(9000);\n};\n",
                ),
            ],
            "[\"node\", \"app.js\"]",
        ),
        (
            &[
                ("requirements.txt", "redis==5.0\n"),
                (
                    "app.py",
                    "import asyncio\n\nasync def main():\n    server = await asyncio.start_server(serve, '0.0.0.0', 9000)\n    await server.serve_forever()\n\nif __name__ == '__main__':\n    asyncio.run(main())\n",
                ),
            ],
            "[\"python\", \"app.py\"]",
        ),
        (
            &[
                pom,
                (
                    "src/main/java/Shop.java",
                    "import java.net.ServerSocket;\npublic class Shop {\n  public static void main(String[] args) throws Exception {\n    ServerSocket server = new ServerSocket(9000);\n    while (true) { handle(server.accept()); }\n  }\n}\n",
                ),
            ],
            "[\"java\", \"-jar\", \"shop.jar\"]",
        ),
        (
            &[
                pom,
                (
                    "src/main/java/Shop.java",
                    "import static spark.Spark.*;\npublic class Shop {\n  public static void main(String[] args) {\n    port(9000);\n    get(\"/\", (request, response) -> \"ok\");\n  }\n}\n",
                ),
            ],
            "[\"java\", \"-jar\", \"shop.jar\"]",
        ),
        (
            &[
                net,
                (
                    "Program.cs",
                    "using System.Net.Sockets;\nvar listener = new TcpListener(System.Net.IPAddress.Any, 9000);\nlistener.Start();\nwhile (true) { Serve(await listener.AcceptTcpClientAsync()); }\nclass Program { static void Main(string[] args) { } }\n",
                ),
            ],
            "[\"dotnet\", \"Shop.dll\"]",
        ),
    ];
    // What speaks a protocol of its own may have no requests that a trace or a rate could tell of.
    let bare = ["net.Listen(", "TcpListener", "net.createServer", "start_server", "ServerSocket"];
    for (files, command) in cases {
        let own = files.iter().any(|(_, text)| bare.iter().any(|word| text.contains(word)));
        let certainty = if own { Certainty::Likely } else { Certainty::Certain };
        assert_eq!(imaged(files, command), (ServiceKind::Server, certainty), "{files:?}");
    }
    // For who starts it by hand a socket is a means.
    let alone = repo(cases[0].0);
    assert!(!alone.services().iter().any(Service::runs));
}

#[test]
fn workers_wait_by_what_they_are_made_of() {
    let net = ("Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>");
    let consumer = "using MassTransit;\npublic class Orders : IConsumer<OrderPlaced> {\n  public Task Consume(ConsumeContext<OrderPlaced> context) { return Task.CompletedTask; }\n}\nclass Program { static void Main(string[] args) { Bus(); } }\n";
    let service = "public class Mail : BackgroundService {\n  protected override Task ExecuteAsync(CancellationToken stop) { return Task.CompletedTask; }\n}\nclass Program { static void Main(string[] args) { Run(); } }\n";
    for text in [consumer, service] {
        let (_, certainty) = imaged(&[net, ("Program.cs", text)], "[\"dotnet\", \"Shop.dll\"]");
        assert_eq!(certainty, Certainty::Certain, "{text}");
    }
}

#[test]
fn supervisord_starts_programs_and_its_helpers_end() {
    let watch = "import time\nif __name__ == \"__main__\":\n    print(\"up\")\n    while True:\n        time.sleep(1)\n";
    let image = "FROM debian:13\nCOPY . .\nADD watch/supervisord.conf /etc/supervisord.conf\nEXPOSE 9000\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n";
    let certainty = |again: &str| {
        let conf = format!(
            "[supervisord]\nnodaemon=true\n\n[program:watch]\ncommand=python3 /usr/local/bin/watch_all.py\n  --polling yes\nautorestart={again}\n"
        );
        let repo = repo(&[
            ("watch/requirements.txt", "watchdog==6.0\n"),
            ("watch/scripts/watch_all.py", watch),
            ("watch/supervisord.conf", &conf),
            ("watch/Dockerfile", image),
        ]);
        service(&repo, "watch").certainty
    };
    assert_eq!(certainty("true"), Certainty::Certain);
    assert_ne!(certainty("false"), Certainty::Certain);
}

#[test]
fn containers_name_programs_by_their_end() {
    let main = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(\":80\", nil)\n}\n";
    let deployment = |image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: x}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: \"{{{{ .Chart.Name }}}}-issuer\"\n          image: \"{image}\"\n"
        )
    };
    for image in ["quay.io/acme/shop-issuer:1", "{{ template \\\"image\\\" . }}"] {
        let object = deployment(image);
        let repo = repo(&[
            ("go.mod", "module github.com/acme/shop\n"),
            ("shop.go", "package shop\n"),
            ("cmd/issuer/go.mod", "module github.com/acme/shop/issuer-binary\n"),
            ("cmd/issuer/main.go", main),
            ("cmd/hook/go.mod", "module github.com/acme/shop/hook-binary\n"),
            ("cmd/hook/main.go", main),
            ("deploy/issuer.yaml", &object),
        ]);
        let issuer = repo.services().iter().find(|it| it.root == "cmd/issuer");
        assert_eq!(issuer.map(|it| it.containers.len()), Some(1), "{image}");
    }
}

#[test]
fn jobs_and_parts_of_pages_name_no_server() {
    let main = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(\":80\", nil)\n}\n";
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: shop-export}\nspec:\n  template:\n    spec:\n      containers:\n        - name: export\n          image: acme/shop:1\n";
    let jobs = repo(&[
        ("go.mod", "module github.com/acme/shop\n"),
        ("main.go", main),
        ("Dockerfile", "FROM golang\nCOPY . .\nCMD [\"/shop\"]\n"),
        ("deploy/job.yaml", job),
    ]);
    assert_eq!(service(&jobs, "shop").root, "");
    let app = "from flask import Flask\napp = Flask(__name__)\n";
    let parts = repo(&[
        ("README.md", "<h1>Shop</h1>\n\n## Core Features\n\nIt sells.\n"),
        ("requirements.txt", "flask==3.1.0\n"),
        ("shop.py", app),
    ]);
    assert!(parts.services().iter().all(|it| it.name != "core-features"));
}

#[test]
fn what_is_done_once_is_no_place_where_a_program_runs() {
    let consumer = "using MassTransit;\npublic class Orders : IConsumer<OrderPlaced> { }\n";
    let certainty = |name: &str| {
        let compose = format!("services:\n  {name}:\n    build: data\n");
        let repo = repo(&[
            ("data/Data.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>"),
            ("data/Orders.cs", consumer),
            (
                "data/Dockerfile",
                "FROM mcr.microsoft.com/dotnet/sdk:9.0\nCOPY . .\nENTRYPOINT [\"./bundle\"]\n",
            ),
            ("docker-compose.yml", &compose),
        ]);
        let data = repo.services().iter().find(|it| it.root == "data");
        data.map(|it| it.certainty)
    };
    assert_eq!(certainty("orders"), Some(Certainty::Certain));
    assert_ne!(certainty("shop-migrations"), Some(Certainty::Certain));
}

#[test]
fn images_are_given_to_what_their_commands_name() {
    let main = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(\":80\", nil)\n}\n";
    let repo = repo(&[
        ("go.mod", "module github.com/acme/shop\n"),
        ("main.go", main),
        ("tools/fill/main.go", "package main\n\nfunc main() {}\n"),
        ("bin/report.py", "if __name__ == \"__main__\":\n    print(1)\n"),
        (
            "Dockerfile",
            "FROM golang AS build\nCOPY . .\nRUN make\nFROM alpine:3.22\nCOPY --from=build /shop /shop\nEXPOSE 80\nCMD [\"/shop\"]\n",
        ),
        ("docker/fill.Dockerfile", "FROM busybox\nCOPY fill /\nENTRYPOINT [\"/fill\"]\n"),
    ]);
    let images = |root: &str| {
        let units = repo.services().iter().filter(|it| it.root == root && !it.entries.is_empty());
        units.map(|it| it.images.len()).max()
    };
    assert_eq!((images(""), images("tools/fill")), (Some(1), Some(1)));
}
