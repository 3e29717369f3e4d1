//! What the name of a function says it does about an incident.
//!
//! `restart_failed_service` remediates, `is_on_call` only asks: the verb decides, and a name that
//! only asks, reads or builds has no duty.

mod vocabulary;

pub use vocabulary::CHANNELS;
use vocabulary::{HELD, INCIDENTS, OPENINGS, QUESTIONS, READERS, RUNNING, SENDING};

/// A part of answering an incident.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Duty {
    /// Opens an incident.
    Create,
    /// Tells people.
    Notify,
    /// Tells more people.
    Escalate,
    /// Tells the public.
    StatusPage,
    /// Finds or sets who answers.
    Assign,
    /// Says how bad it is.
    Severity,
    /// Changes an incident.
    Update,
    /// Writes down what happened.
    Note,
    /// Ends an incident.
    Resolve,
    /// Changes a running system.
    Remediate,
}

impl Duty {
    /// What is missing where nothing has the duty.
    pub fn lack(self) -> &'static str {
        match self {
            Duty::Create => "opens an incident",
            Duty::Notify => "tells anybody",
            Duty::Escalate => "escalates",
            Duty::StatusPage => "updates a status page",
            Duty::Assign => "finds who is on call",
            Duty::Severity => "maps the severity",
            Duty::Update => "changes the status",
            Duty::Note => "keeps a timeline",
            Duty::Resolve => "resolves it",
            Duty::Remediate => "remediates",
        }
    }
}

/// The words of a name in lower case: `sendPagerDutyAlert`, `send_pager_duty_alert`.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A name without case and separators.
pub fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a function of this name, in a class of that name, does.
pub fn of(name: &str, class: &str) -> Vec<Duty> {
    let all = words(name);
    let class = words(class);
    let opened = all.iter().take_while(|word| OPENINGS.contains(&word.as_str())).count();
    let (Some(first), Some(verb)) = (all.first(), all.get(opened).or(all.last())) else {
        return Vec::new();
    };
    if QUESTIONS.contains(&first.as_str()) {
        return Vec::new();
    }
    let name = Name { words: &all, verb, opened, class: &class };
    let mut duties = Vec::new();
    if name.is_severity() {
        duties.push(Duty::Severity);
    }
    if name.is_assignment() {
        duties.push(Duty::Assign);
    }
    if READERS.contains(&verb.as_str()) {
        return duties;
    }
    let acting = [
        (Duty::Create, name.is_creation()),
        (Duty::Resolve, name.is_resolution()),
        (Duty::Note, name.is_note()),
        (Duty::StatusPage, name.is_status_page()),
        (Duty::Escalate, matches!(verb.as_str(), "escalate")),
        (Duty::Remediate, name.is_remediation()),
    ];
    duties.extend(acting.into_iter().filter(|(_, is)| *is).map(|(duty, _)| duty));
    let other = duties
        .iter()
        .any(|duty| matches!(duty, Duty::Note | Duty::StatusPage | Duty::Create | Duty::Resolve));
    if !other && name.is_update() {
        duties.push(Duty::Update);
    }
    let talks =
        !duties.iter().any(|duty| matches!(duty, Duty::Note | Duty::StatusPage | Duty::Remediate));
    if talks && name.is_notification() {
        // A pager's incident is a page.
        duties.retain(|duty| *duty != Duty::Create || !name.of_notifier());
        duties.push(Duty::Notify);
    }
    duties
}

struct Name<'n> {
    words: &'n [String],
    verb: &'n str,
    /// Words before the verb.
    opened: usize,
    class: &'n [String],
}

impl Name<'_> {
    fn has(&self, wanted: &[&str]) -> bool {
        self.words.iter().any(|word| wanted.contains(&word.as_str()))
    }

    fn verb(&self, wanted: &[&str]) -> bool {
        wanted.contains(&self.verb)
    }

    /// Two words in a row, or the one they make.
    fn pair(&self, one: &str, two: &str) -> bool {
        let joined = format!("{one}{two}");
        self.words.windows(2).any(|pair| pair[0] == one && pair[1] == two)
            || self.words.contains(&joined)
    }

    /// The name ends with what is meant, or goes on with `from`, `for` and such.
    fn is_about(&self, nouns: &[&str]) -> bool {
        const LINKS: &[&str] = &[
            "from", "for", "in", "on", "with", "by", "if", "and", "to", "via", "async", "using",
            "when", "as", "or",
        ];
        self.words.iter().enumerate().any(|(at, word)| {
            nouns.contains(&word.as_str())
                && self.words.get(at + 1).is_none_or(|next| LINKS.contains(&next.as_str()))
        })
    }

    fn of_incidents(&self) -> bool {
        self.class.iter().any(|word| INCIDENTS.contains(&word.as_str()))
    }

    fn of_notifier(&self) -> bool {
        const NOTIFIERS: &[&str] = &[
            "notifier",
            "notifiers",
            "notification",
            "messenger",
            "pager",
            "channel",
            "alerter",
            "mailer",
        ];
        let last = self.class.last().map(String::as_str).unwrap_or_default();
        self.class.iter().any(|word| NOTIFIERS.contains(&word.as_str()))
            || (matches!(last, "client" | "sender" | "service" | "integration")
                && self.class.iter().any(|word| CHANNELS.contains(&word.as_str())))
            || self.class.windows(2).any(|pair| pair[0] == "pager" && pair[1] == "duty")
    }

    fn is_severity(&self) -> bool {
        const VERBS: &[&str] = &[
            "map",
            "determine",
            "get",
            "to",
            "convert",
            "classify",
            "parse",
            "translate",
            "derive",
            "compute",
            "severity",
        ];
        self.has(&["severity", "priority", "urgency"]) && self.verb(VERBS)
    }

    fn is_assignment(&self) -> bool {
        const FINDS: &[&str] = &[
            "get",
            "find",
            "lookup",
            "look",
            "determine",
            "fetch",
            "resolve",
            "current",
            "who",
            "select",
            "pick",
            "query",
        ];
        let person = self.pair("on", "call") || self.has(&["assignee", "responder"]);
        self.verb(&["assign", "reassign"]) || (person && self.verb(FINDS))
    }

    fn is_creation(&self) -> bool {
        self.verb(&["create", "open", "declare", "raise", "report", "file", "start"])
            && self.is_about(INCIDENTS)
            || self.verb(&["create", "open", "declare", "raise"])
                && self.is_bare()
                && self.of_desk()
    }

    /// The verb alone: `open`, `OpenAsync`.
    fn is_bare(&self) -> bool {
        let rest = self.words.get(self.opened + 1..).unwrap_or_default();
        self.opened == 0 && (rest.is_empty() || rest == ["async"])
    }

    /// Of what keeps incidents: `IncidentService`; not of one that is shown, stored or built.
    fn of_desk(&self) -> bool {
        const DESKS: &[&str] = &[
            "desk",
            "engine",
            "handler",
            "incidents",
            "manager",
            "registry",
            "responder",
            "service",
            "store",
            "tracker",
        ];
        let last = self.class.last().map(String::as_str).unwrap_or_default();
        self.of_incidents() && DESKS.contains(&last)
    }

    fn is_resolution(&self) -> bool {
        let ends = self.verb(&["resolve", "close", "autoresolve"]);
        ends && (self.is_about(INCIDENTS)
            || self.is_about(&["alert", "alerts"])
            || (self.words.len() == self.opened + 1 && self.of_incidents()))
    }

    fn is_note(&self) -> bool {
        self.verb(&["add", "append", "record", "write", "post"])
            && self.has(&["note", "notes", "timeline", "comment"])
    }

    fn is_status_page(&self) -> bool {
        self.pair("status", "page")
            && self.verb(&["update", "post", "publish", "create", "set", "notify", "push", "sync"])
    }

    fn is_update(&self) -> bool {
        const VERBS: &[&str] =
            &["update", "set", "change", "transition", "acknowledge", "ack", "modify"];
        self.verb(VERBS)
            && (self.has(INCIDENTS)
                || ((self.has(&["status", "state"]) || self.words.len() == 1)
                    && self.of_incidents()))
    }

    fn is_remediation(&self) -> bool {
        const ACTS: &[&str] = &[
            "restart",
            "reboot",
            "rollback",
            "failover",
            "drain",
            "cordon",
            "evict",
            "heal",
            "remediate",
            "redeploy",
        ];
        const SIZES: &[&str] = &["up", "down", "out", "in", "to"];
        let noun = self.has(&["remediation", "remediations"])
            && (self.opened > 0 || self.verb(&["apply", "trigger", "start", "auto"]));
        self.verb(ACTS)
            || noun
            || (self.verb(&["roll"]) && self.has(&["back"]))
            || (self.verb(&["fail"]) && self.has(&["over"]))
            || (self.verb(&["scale"]) && (self.has(SIZES) || self.has(RUNNING)))
            || (self.pair("circuit", "breaker")
                && self.verb(&["enable", "open", "trip", "activate"]))
            || (self.verb(&["kill", "terminate", "recycle", "stop"]) && self.has(RUNNING))
            // A service, a database, a process may be a row that is deleted.
            || (self.verb(&["delete"]) && self.has(HELD))
    }

    fn is_notification(&self) -> bool {
        const NEWS: &[&str] = &[
            "notification",
            "notifications",
            "alert",
            "alerts",
            "message",
            "messages",
            "page",
            "incident",
            "oncall",
        ];
        let told = self.has(CHANNELS) || self.has(NEWS);
        match self.verb {
            "notify" | "broadcast" | "announce" => true,
            "page" | "alert" => self.words.len() > 1 || self.of_notifier(),
            "create" | "open" | "pin" => {
                self.of_notifier()
                    || self.is_about(&["channel", "room", "warroom"])
                    || (self.verb == "pin" && told)
            }
            verb if SENDING.contains(&verb) => told || self.of_notifier(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duty, of, words};

    #[test]
    fn names_are_split_at_case_and_separators() {
        assert_eq!(words("sendHTTPAlert_now2"), ["send", "http", "alert", "now2"]);
    }

    #[test]
    fn verbs_decide() {
        for (name, class, duty) in [
            ("create_incident", "IncidentManager", Duty::Create),
            ("openIncidentFromAlert", "", Duty::Create),
            ("_map_alert_severity", "", Duty::Severity),
            ("_get_oncall_engineer", "", Duty::Assign),
            ("AssignIncident", "", Duty::Assign),
            ("update_incident_status", "", Duty::Update),
            ("_add_incident_note", "", Duty::Note),
            ("resolve", "IncidentStore", Duty::Resolve),
            ("open", "IncidentDesk", Duty::Create),
            ("CreateAsync", "IncidentService", Duty::Create),
            ("_attempt_auto_remediation", "", Duty::Remediate),
            ("_restart_high_memory_pods", "", Duty::Remediate),
            ("_enable_circuit_breaker", "", Duty::Remediate),
            ("scaleUpService", "", Duty::Remediate),
            ("_update_status_page", "", Duty::StatusPage),
            ("_send_critical_notifications", "", Duty::Notify),
            ("trigger_incident", "PagerDutyNotifier", Duty::Notify),
            ("pin_message", "SlackNotifier", Duty::Notify),
            ("_create_war_room", "", Duty::Notify),
        ] {
            assert_eq!(of(name, class), [duty], "{name}");
        }
        for (name, class) in [
            ("is_on_call", ""),
            ("should_restart", ""),
            ("create_incident_channel_name", "IncidentManager"),
            ("format_alert", ""),
            ("get_incident", ""),
            ("onAlert", ""),
            ("open", "IncidentDialog"),
            ("create", "OrderService"),
            ("main", ""),
            ("scale", ""),
            ("notifier", ""),
            ("remediation", ""),
            ("delete_service_and_all_objects", ""),
        ] {
            assert_eq!(of(name, class), [], "{name}");
        }
    }
}
