//! What every service is asked.

use super::{assessed, assessed_with};
use obsproof::config::{ServiceSettings, Settings};
use obsproof::verdict::Verdict;

const PHP: [(&str, &str); 3] = [
    ("quote/composer.json", "{ \"name\": \"acme/quote\" }"),
    ("quote/index.php", "<?php echo 1;\n"),
    ("quote/Dockerfile", "FROM php:8\n"),
];
const CART: [(&str, &str); 2] = [
    ("cart/package.json", "{ \"name\": \"cart\", \"scripts\": { \"start\": \"node server.js\" } }"),
    (
        "cart/server.js",
        "const express = require('express');\nconst app = express();\napp.listen(80, () => console.log('up'));\n",
    ),
];

#[test]
fn a_service_in_a_language_that_is_not_read_is_unknown() {
    let assessed = assessed(&PHP, "OBS-R01");
    let clause = assessed.clauses.iter().find(|it| it.clause.id == "every-service");
    let clause = clause.expect("the clause is there");
    assert_eq!(clause.result, Verdict::Unknown);
    assert_eq!(clause.reason, "unknown: quote: PHP not analysed");
    assert_eq!(assessed.by_service.iter().map(|it| it.1).collect::<Vec<_>>(), [Verdict::Unknown]);
}

#[test]
fn a_service_with_one_signal_has_a_part() {
    let files = [&PHP[..], &CART[..]].concat();
    let assessed = assessed(&files, "OBS-R01");
    let clause = assessed.clauses.iter().find(|it| it.clause.id == "every-service");
    let clause = clause.expect("the clause is there");
    assert_eq!(clause.result, Verdict::Partly);
    assert!(clause.reason.contains("cart (not all three signals)"), "{}", clause.reason);
    assert!(clause.reason.contains("quote: PHP not analysed"), "{}", clause.reason);
}

#[test]
fn a_server_is_no_library() {
    assert_ne!(assessed(&CART, "OBS-R02").verdict, Verdict::NotApplicable);
    let library =
        [("cart/package.json", "{ \"name\": \"cart\" }"), ("cart/a.js", "exports.a = 1;\n")];
    assert_eq!(assessed(&library, "OBS-R02").verdict, Verdict::NotApplicable);
}

/// Two programs of one module, and nothing that says which of them runs.
#[test]
fn no_verdict_rests_on_what_may_be_no_service() {
    let main = "package main\nimport (\n\t\"log\"\n\t\"net/http\"\n)\nfunc main() {\n\tlog.Print(\"up\")\n\thttp.ListenAndServe(\":80\", nil)\n}\n";
    let files = [
        ("go.mod", "module acme.io/shop\n\ngo 1.25\n"),
        ("cmd/shop/main.go", main),
        ("cmd/fill/main.go", "package main\nfunc main() { println(\"filled\") }\n"),
    ];
    let clause = |settings: Settings| {
        let assessed = assessed_with(&files, "OBS-R01", settings);
        let found = assessed.clauses.into_iter().find(|it| it.clause.id == "every-service");
        found.expect("the clause is there").result
    };
    assert_eq!(clause(Settings::default()), Verdict::Unknown);
    // Unless the configuration says that it is one.
    let named = ServiceSettings {
        name: "shop".to_owned(),
        path: Some("cmd/shop".to_owned()),
        owner: None,
        names: Vec::new(),
    };
    let settings = Settings { services: vec![named], ..Settings::default() };
    assert_ne!(clause(settings), Verdict::Unknown);
}
