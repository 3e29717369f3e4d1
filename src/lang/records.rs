//! What every log record says, by the names that libraries, shippers and people give it.

/// A part of a record that the standard asks for.
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
pub enum Part {
    /// When.
    Time,
    /// How urgent.
    Level,
    /// What happened.
    Message,
    /// Which service says so.
    Service,
    /// In which deployment.
    Environment,
    /// Which release of it.
    Version,
    /// Which part of its code.
    Logger,
    /// On which machine, by which process.
    Host,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 8] = [
        Part::Time,
        Part::Level,
        Part::Message,
        Part::Service,
        Part::Environment,
        Part::Version,
        Part::Logger,
        Part::Host,
    ];

    /// The word used in library tables and in output.
    pub fn name(self) -> &'static str {
        match self {
            Part::Time => "time",
            Part::Level => "level",
            Part::Message => "message",
            Part::Service => "service",
            Part::Environment => "environment",
            Part::Version => "version",
            Part::Logger => "logger",
            Part::Host => "host",
        }
    }

    /// The part of this name.
    pub fn named(word: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name() == word)
    }

    /// Whether a record is incomplete without it; the others help.
    pub fn is_required(self) -> bool {
        !matches!(self, Part::Version | Part::Logger | Part::Host)
    }

    /// The part that a field of this name holds.
    pub fn of_field(name: &str) -> Option<Part> {
        // `ENVIRONMENT` is a variable of the process, not a field of a record.
        if name.len() > 40 || name.len() > 1 && !name.contains(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let found = FIELDS.iter().find(|(_, words)| words.contains(&plain.as_str()));
        found.map(|(part, _)| *part)
    }
}

/// Names of fields in small letters, without what stands between their words.
const FIELDS: &[(Part, &[&str])] = &[
    (
        Part::Time,
        &[
            "timestamp",
            "time",
            "ts",
            "asctime",
            "eventtime",
            "timestampformat",
            "datetime",
            "timekey",
            "instant",
            "timemillis",
            "created",
            "isotimestamp",
            "eventcreated",
            "date",
            "longdate",
        ],
    ),
    (
        Part::Level,
        &[
            "level",
            "severity",
            "loglevel",
            "levelname",
            "lvl",
            "severitytext",
            "levelkey",
            "priority",
        ],
    ),
    (Part::Message, &["message", "msg", "event", "body", "messagekey", "shortmessage", "text"]),
    (
        Part::Service,
        &[
            "service",
            "servicename",
            "app",
            "application",
            "appname",
            "applicationname",
            "component",
            "program",
            "serviceid",
            "svc",
            "appid",
            "system",
            "kubernetescontainername",
            "k8sdeploymentname",
            "containername",
            "programname",
            "composeservice",
            "dockercomposeservice",
            "swarmservice",
            "swarmservicename",
        ],
    ),
    (
        Part::Environment,
        &[
            "environment",
            "env",
            "deploymentenvironment",
            "deploymentenvironmentname",
            "serviceenvironment",
            "environmentname",
            "stage",
            "envname",
            "appenv",
            "deployenv",
            "ddenv",
            "labelsenvironment",
            "labelsenv",
        ],
    ),
    (
        Part::Version,
        &[
            "version",
            "serviceversion",
            "appversion",
            "release",
            "buildversion",
            "commit",
            "gitcommit",
        ],
    ),
    (
        Part::Logger,
        &[
            "logger",
            "loggername",
            "module",
            "name",
            "caller",
            "target",
            "loglogger",
            "category",
            "sourcecontext",
            "funcname",
            "function",
            "pathname",
            "filename",
            "file",
            "namekey",
            "callerkey",
            "classname",
            "logname",
        ],
    ),
    (
        Part::Host,
        &[
            "host",
            "hostname",
            "pid",
            "process",
            "processid",
            "hostid",
            "pod",
            "podname",
            "node",
            "nodename",
            "instance",
            "machinename",
            "instanceid",
            "processname",
            "threadid",
            "container",
            "containerid",
            "k8spodname",
            "kubernetespodname",
            "servicenodename",
            "serviceinstanceid",
            "processpid",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn fields_are_known_by_their_names() {
        for (name, part) in [
            ("@timestamp", Some(Part::Time)),
            ("levelname", Some(Part::Level)),
            ("log.level", Some(Part::Level)),
            ("msg", Some(Part::Message)),
            ("service.name", Some(Part::Service)),
            ("serviceName", Some(Part::Service)),
            ("deployment.environment.name", Some(Part::Environment)),
            ("env", Some(Part::Environment)),
            ("ENVIRONMENT", None),
            ("hostname", Some(Part::Host)),
            ("user_id", None),
            ("environmental", None),
        ] {
            assert_eq!(Part::of_field(name), part, "{name}");
        }
    }
}
