//! `obsproof.toml`: what is refused, and which declarations count.

use crate::common::{repository, run};
use obsproof::config::{self, Refusal, Settings, World};

const TODAY: &str = "2026-11-26";
const SIGNED: &str =
    "owner = \"Platform\"\nreason = \"it is so\"\napprover = \"Ada Byron\"\nexpires = 2027-06-30\n";

fn read(text: &str) -> Settings {
    config::read("obsproof.toml", text.to_owned(), TODAY).expect("a configuration")
}

/// Texts at which a configuration is refused, with what is said of them.
fn refused(text: &str) -> Vec<(String, String)> {
    let (source, errors) = config::read("obsproof.toml", text.to_owned(), TODAY)
        .expect_err("a configuration that is refused");
    let told =
        |error: &config::ConfigError| (source.slice(error.span).to_owned(), error.message.clone());
    errors.iter().map(told).collect()
}

#[track_caller]
fn refuses(text: &str, at: &str, message: &str) {
    let told = refused(text);
    let [(place, said)] = &told[..] else { panic!("one fault: {told:?}") };
    assert_eq!(place, at, "{said}");
    assert!(said.contains(message), "{said}");
}

#[test]
fn what_is_no_declaration_is_refused_where_it_stands() {
    let with = |line: &str| format!("[[declare]]\n{line}\n{SIGNED}");
    refuses(&with("equivalant = \"loki\""), "equivalant", "unknown key `equivalant`");
    refuses(&with("equivalent = \"loky\"\nfor = \"elk\""), "\"loky\"", "`equivalent` takes one of");
    refuses(&with("equivalent = \"loki\""), "equivalent", "needs `for`");
    refuses(&with("role = \"library\"\nfor = \"elk\""), "for", "`for` belongs to `equivalent`");
    refuses(&with("role = \"library\"\nretention = \"3d\""), "retention", "belong to `managed`");
    refuses(&with("managed = [\"moon\"]"), "[\"moon\"]", "`managed` takes a list of");
    refuses(&with("whole = []"), "[]", "`whole` takes a list of");
    refuses(&with("not-applicable = [\"OBS-R99\"]"), "[\"OBS-R99\"]", "a list of requirements");
    refuses(&with("role = \"library\"\nwhole = [\"alerts\"]"), "whole", "states one thing");
    refuses(&with(""), "[[declare]]", "declares nothing");
    refuses("declare = \"x\"\n", "\"x\"", "write `[[declare]]`");
    let day = "[[declare]]\nrole = \"library\"\nexpires = \"2027-02-30\"\n";
    refuses(day, "\"2027-02-30\"", "`expires` takes a day");
    // Declarations are no plain keys.
    refuses("whole = [\"alerts\"]\n", "whole", "unknown key `whole`");
}

#[test]
fn a_declaration_counts_with_two_people_and_a_last_day_to_come() {
    let one = |statement: &str, form: &str| {
        read(&format!("[[declare]]\n{statement}\n{form}")).declarations.remove(0).refusal
    };
    let role = "role = \"library\"";
    assert_eq!(one(role, SIGNED), None);
    let without = |key: &str| {
        let lines = SIGNED.lines().filter(|line| !line.starts_with(key));
        lines.collect::<Vec<_>>().join("\n")
    };
    for key in ["owner", "reason", "approver", "expires"] {
        assert_eq!(one(role, &without(key)), Some(Refusal::Incomplete(vec![key])));
    }
    let alone = SIGNED.replace("Ada Byron", " platform ");
    assert_eq!(one(role, &alone), Some(Refusal::SelfApproved));
    let until = |day: &str| SIGNED.replace("2027-06-30", day);
    assert_eq!(one(role, &until("2026-11-26")), None);
    assert_eq!(one(role, &until("2026-11-25")), Some(Refusal::Expired));
}

/// What became of each declaration, and the role that is taken over.
fn roles(folder: &std::path::Path) -> (Vec<String>, String) {
    let words = ["report", "--format", "json", "--clock", TODAY];
    let record = crate::common::json(&run(folder, &words));
    let states = record["tuning"]["declarations"].as_array().unwrap().iter();
    let states = states.map(|it| it["state"].as_str().unwrap().to_owned()).collect();
    (states, record["scope"]["role"].as_str().unwrap().to_owned())
}

#[test]
fn of_two_declared_roles_one_counts_or_none() {
    let role = |name: &str, form: &str| format!("[[declare]]\nrole = \"{name}\"\n{form}");
    let over = SIGNED.replace("2027-06-30", "2026-11-25");
    let of = |texts: &[String]| roles(repository(&[("obsproof.toml", &texts.concat())]).path());
    let (states, taken) = of(&[role("library", SIGNED), role("service", SIGNED)]);
    assert_eq!(states, ["contradicted", "contradicted"]);
    assert_eq!(taken, "empty", "what the repository shows");
    let (states, taken) = of(&[role("library", SIGNED), role("library", SIGNED)]);
    assert_eq!((states, taken.as_str()), (vec!["counts".into(), "repeated".into()], "library"));
    let (states, taken) = of(&[role("library", &over), role("service", SIGNED)]);
    assert_eq!((states, taken.as_str()), (vec!["expired".into(), "counts".into()], "service"));
}

#[test]
fn the_file_on_top_states_the_role() {
    let settle = |base: &str, own: &str| {
        let layer = |name, text: &str, place| config::Layer { name, text: text.to_owned(), place };
        let onto = config::read_onto(
            layer("org.toml", base, config::Place::Base),
            Settings::default(),
            TODAY,
        );
        let root = layer("obsproof.toml", own, config::Place::Root);
        let settings = config::read_onto(root, onto.expect("a base"), TODAY).expect("a root");
        settings.declarations.into_iter().map(|it| it.refusal).collect::<Vec<_>>()
    };
    let role = |name: &str| format!("[[declare]]\nrole = \"{name}\"\n{SIGNED}");
    let (one, other) = (role("platform"), role("service"));
    assert_eq!(settle(&one, &other), [Some(Refusal::Overruled), None]);
    assert_eq!(settle(&one, "[[declare]]\nrole = \"service\"\n")[0], None);
    let torn = [other, role("library")].concat();
    let contradicted = Some(Refusal::Contradicted);
    assert_eq!(settle(&one, &torn), [None, contradicted.clone(), contradicted]);
}

#[test]
fn only_what_counts_is_taken_over() {
    let settings = read(&format!("[[declare]]\nwhole = [\"alerts\"]\n{SIGNED}"));
    assert_eq!(settings.whole, [World::Alerts]);
    let alone = SIGNED.replace("Ada Byron", "Platform");
    let settings = read(&format!("[[declare]]\nwhole = [\"alerts\"]\n{alone}"));
    assert!(settings.whole.is_empty());
    let settings = read(&format!(
        "[[declare]]\ncritical-services = [\"shop\"]\n{SIGNED}\n[[declare]]\ncritical-services = [\"cart\"]\n{SIGNED}"
    ));
    assert_eq!(settings.critical_services, ["shop", "cart"]);
}

#[test]
fn the_clock_of_the_run_decides_and_the_report_lists_them() {
    let text = format!("[[declare]]\nmanaged = [\"logs\"]\nprovider = \"Datadog\"\n{SIGNED}");
    let rules = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n";
    let folder = crate::common::repository(&[("obsproof.toml", &text), ("alerts.yml", rules)]);
    let on = |day: &str| {
        let words = ["report", "--format", "json", "--clock", day];
        let record = crate::common::json(&crate::common::run(folder.path(), &words));
        let declaration = record["tuning"]["declarations"][0].clone();
        let expired = record["findings"].as_array().unwrap().iter().any(|finding| {
            finding["code"] == "DECL002"
                && finding["path"] == "obsproof.toml"
                && finding["start"] == 7
        });
        (declaration["state"].as_str().unwrap().to_owned(), declaration["line"].as_u64(), expired)
    };
    assert_eq!(on("2027-06-30"), ("counts".to_owned(), Some(2), false));
    assert_eq!(on("2027-07-01"), ("expired".to_owned(), Some(2), true));
}

#[test]
fn a_configuration_from_elsewhere_is_named_without_a_place() {
    let declared = "[[declare]]\nrole = \"service\"\n";
    let settings = crate::common::repository(&[("other.toml", declared)]);
    let rules = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n";
    let folder = crate::common::repository(&[("alerts.yml", rules)]);
    let path = settings.path().join("other.toml");
    let words = ["check", "--format", "json", "--config", path.to_str().unwrap()];
    let found = crate::common::json(&crate::common::run(folder.path(), &words));
    let findings = found["findings"].as_array().unwrap();
    let finding = findings.iter().find(|one| one["code"] == "DECL001").expect("a finding");
    assert_eq!((finding["path"].as_str(), finding["start"].is_null()), (Some("."), true));
}

#[test]
fn what_goes_by_the_name_of_a_configuration_and_is_no_file_is_told() {
    let folder =
        repository(&[("alerts.yml", "groups: []\n"), ("obsproof.toml/note.md", "words\n")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("cannot read obsproof.toml: it is no file"), "{}", told.err);
}
