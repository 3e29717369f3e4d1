//! What a credential's text is: a real one, a stand-in, or none of our business.

use crate::facts::scalar::Credential;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Sort {
    /// Could be a working secret.
    Literal,
    /// Stands where a secret should be.
    StandIn,
    /// Unknown, empty, or no secret.
    None,
}

pub(in crate::check) fn sort(credential: &Credential) -> Sort {
    let text = credential.value.text.trim();
    // VictoriaMetrics fills `%{NAME}` in.
    let filled = text.starts_with("%{") && text.ends_with('}');
    if !credential.value.known || text.is_empty() || text.starts_with("SEALED") || filled {
        return Sort::None;
    }
    // `auth_password: password`: no server of mail takes it; a store of one's own may.
    let itself = credential.program == "alertmanager"
        && ["password", "secret", "token"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let named = is_name(text) || is_variable(text) || itself;
    let stand_in = is_stand_in(text) || named || variable(text).is_some();
    // The address of a webhook is a secret only where it carries one.
    if credential.key.text == "url" && !carries_secret(text) {
        return Sort::None;
    }
    // What should be an address and is none reaches nothing: no secret is lost with it.
    if !stand_in && credential.key.text.ends_with("url") && !text.contains("://") {
        return Sort::None;
    }
    if stand_in { Sort::StandIn } else { Sort::Literal }
}

/// Whether an address has the form that Slack or Discord issue: whoever has it can write there.
pub(super) fn is_issued(url: &str) -> bool {
    let id = |text: &str, first: char| {
        text.len() >= 9
            && text.starts_with(first)
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let key = |text: &str, least: usize| {
        text.len() >= least
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && text.chars().any(|c| c.is_ascii_digit())
            && text.chars().any(|c| c.is_ascii_lowercase())
    };
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    match rest.split('/').collect::<Vec<_>>()[..] {
        ["hooks.slack.com", "services", team, hook, token] => {
            id(team, 'T') && id(hook, 'B') && token.len() == 24 && key(token, 24)
        }
        [host, "api", "webhooks", number, token] if host.starts_with("discord") => {
            number.len() >= 17 && number.bytes().all(|it| it.is_ascii_digit()) && key(token, 60)
        }
        _ => false,
    }
}

fn carries_secret(url: &str) -> bool {
    const HOSTS: &[&str] = &[
        "hooks.slack.com/",
        "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/",
        "webhook.office.com/",
        "outlook.office.com/webhook/",
        "chat.googleapis.com/",
        "hooks.zapier.com/",
        "events.pagerduty.com/integration/",
        "nosnch.in/",
        "hc-ping.com/",
    ];
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let query = rest.split_once('?').map_or("", |(_, query)| query).to_lowercase();
    let keyed = ["token=", "key=", "secret=", "password=", "access_token="]
        .iter()
        .any(|name| query.split('&').any(|part| part.starts_with(name) && part.len() > name.len()));
    HOSTS.iter().any(|host| rest.contains(host)) || password || keyed
}

/// `YOUR_…`, `CHANGEME`, `xxx`, `<…>`, `TODO` and their kin, as whole words of the text.
pub(in crate::check) fn is_stand_in(text: &str) -> bool {
    if text.starts_with('<') && text.ends_with('>') {
        return true;
    }
    // A form to fill in, and the address of a service without what it issues.
    if text.starts_with('[') && text.ends_with(']') || text.ends_with(".com/services/") {
        return true;
    }
    if text.split_once('<').is_some_and(|(_, rest)| rest.contains('>')) {
        return true;
    }
    let upper = text.to_uppercase();
    let squeezed: String = upper.chars().filter(char::is_ascii_alphanumeric).collect();
    if ["CHANGEME", "REPLACEME", "REPLACEWITH", "PLACEHOLDER", "FILLMEIN", "INSERTYOUR", "NOTAREAL"]
        .iter()
        .any(|word| squeezed.contains(word))
    {
        return true;
    }
    upper.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        matches!(
            word,
            "YOUR" | "TODO" | "FIXME" | "TBD" | "EXAMPLE" | "DUMMY" | "FAKE" | "REDACTED"
        ) || (word.starts_with("YOUR")
            && word.len() > 4
            && word.len() < 24
            && word.chars().all(|c| c.is_ascii_alphabetic()))
            || (word.len() >= 3 && word.chars().all(|c| c == 'X'))
            || (word.len() >= 8
                && word.chars().skip(1).all(|c| c == '0' || c == 'X')
                && word.contains("XX"))
    }) || (!text.is_empty() && text.chars().all(|c| c == '*' || c == '.'))
        || (text.len() >= 8 && text.bytes().all(|byte| byte == text.as_bytes()[0]))
}

/// The part of an address that is written as variables are, and stands for the secret in it:
/// `https://hooks.slack.com/services/API_URL_SECRET`. No service issues such parts.
pub(super) fn variable(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split('/').skip(1).find(|part| {
        part.len() > 5
            && part.contains('_')
            && part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
    })
}

/// Whether a text only says what belongs there: `token: token`. A password can be any word.
fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let squeezed: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    NAMES.contains(&squeezed.as_str())
}

/// `SENDER_PASSCODE`: written as variables are, and called by what belongs there.
fn is_variable(text: &str) -> bool {
    const LAST: &[&str] =
        &["KEY", "TOKEN", "PASSWORD", "PASSCODE", "PASSWD", "PASS", "SECRET", "URL", "WEBHOOK"];
    let upper = text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
    upper
        && text
            .rsplit_once('_')
            .is_some_and(|(first, last)| first.len() > 1 && LAST.contains(&last))
}

/// What the secrets that services issue are called.
const NAMES: &[&str] = &[
    "ACCESSTOKEN",
    "APIKEY",
    "APITOKEN",
    "AUTHTOKEN",
    "BEARERTOKEN",
    "BOTTOKEN",
    "INTEGRATIONKEY",
    "KEY",
    "ROUTINGKEY",
    "SECRETKEY",
    "SERVICEKEY",
    "TOKEN",
    "USERKEY",
];

/// Whether a file is one people copy and fill in.
pub(in crate::check) fn is_sample(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name).to_lowercase();
    ["example", "sample", "template", ".dist", ".tmpl"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{is_issued, is_name, is_stand_in, is_variable, variable};

    #[test]
    fn what_slack_issues_has_a_form() {
        let address = |team: &str, token: &str| {
            format!("https://hooks.slack.com/services/{team}/B07QWERTY1/{token}")
        };
        assert!(is_issued(&address("T024F12AB", "aZ09bY18cX27dW36eV45fU54")));
        assert!(!is_issued(&address("T024F12AB", "aZ09bY18cX27dW36eV45")));
        assert!(!is_issued(&address("TEAM", "aZ09bY18cX27dW36eV45fU54")));
        assert!(!is_issued(&address("T024F12AB", "XXXXXXXXXXXXXXXXXXXXXXXX")));
    }

    #[test]
    fn variables_stand_in_addresses() {
        let address = "https://hooks.slack.com/services/API_URL_SECRET";
        assert_eq!(variable(address), Some("API_URL_SECRET"));
        for text in [
            "https://a.example/v1/hooks",
            "API_URL",
            "https://A_HOST.example/x",
            "https://a/T024F12AB/B07",
        ] {
            assert_eq!(variable(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_secrets_are_no_secrets() {
        assert!(["token", "api_key", "user-key", "Bot Token"].into_iter().all(is_name));
        assert!(!["tokens", "key1", "password", "", "xoxb-token"].into_iter().any(is_name));
    }

    #[test]
    fn variables_that_say_what_belongs_there_are_no_secrets() {
        assert!(["SENDER_PASSCODE", "PAGERDUTY_SERVICE_KEY"].into_iter().all(is_variable));
        let others = ["SENDER_NAME", "PASSWORD", "_KEY", "Sender_Key", "AB12_KEY", "SUPER_USER"];
        assert!(!others.into_iter().any(is_variable));
    }

    #[test]
    fn stand_ins_are_told_from_secrets() {
        for text in [
            "YOUR_PAGERDUTY_SERVICE_KEY",
            "https://hooks.slack.com/services/YOUR/SLACK/WEBHOOK",
            "changeme",
            "change-me",
            "xxx",
            "xxxxxxxx",
            "<secret>",
            "TODO",
            "<your key>",
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "https://hooks.slack.com/services/xxx/yyy/zzz",
            "your-token",
            "REPLACE_ME",
            "[PAGER DUTY SERVICE KEY]",
            "https://hooks.slack.com/services/",
            "yourpassword",
        ] {
            assert!(is_stand_in(text), "{text}");
        }
        for text in [
            "hunter2",
            "s3cr3t",
            "R01ABCDEF23456789",
            "https://hooks.slack.com/services/T024F/B0AA/9dfjxXx8",
            "password",
            "abcxxxdef",
        ] {
            assert!(!is_stand_in(text), "{text}");
        }
    }
}
