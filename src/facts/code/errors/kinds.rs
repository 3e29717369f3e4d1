//! Kinds of errors by their names: those whose texts tell of what is behind a program.

use crate::lang::sensitive::words;

/// Words of names of errors of what a program rests on, and of those that stand for any error.
const BEHIND: &str = "\
    access amazon amqp any aws azure base blob bulk cassandra client cloud command completion connect \
    connection crypto dao data database db directory disk docker driver dynamo elasticsearch execution \
    feign file filesystem ftp generic grpc hibernate host http integrity internal invocation io java jdbc \
    jms jpa jwks kafka kubernetes ldap mail memory messaging mongo naming network null operational orm os \
    persistence pointer process programming proxy rabbit redis reflection remote rest rpc runtime s3 server \
    sftp smtp socket sql sqlite ssl storage subprocess system template throwable timeout tls unavailable \
    unexpected unhandled unknown upstream";

/// Modules of what a program rests on.
const LIBRARIES: &str = "\
    aiohttp aiomysql aioredis asyncpg boto boto3 botocore confluent_kafka docker elasticsearch ftplib grpc \
    httpx kafka kubernetes ldap ldap3 minio motor mysql opensearchpy paramiko peewee pika psycopg psycopg2 \
    pymongo pymysql redis requests smtplib socket sqlalchemy sqlite3 sqlx ssl subprocess tortoise urllib \
    urllib3";

/// Whole names of the same: those of any error, and of slips in the program.
const WHOLE: &[&str] = &[
    "AttributeError",
    "BaseException",
    "Error",
    "Exception",
    "IllegalStateException",
    "ImportError",
    "InvalidOperationException",
    "ModuleNotFoundError",
    "PermissionError",
    "TypeError",
];

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether errors of a type tell of what is behind the program: what it rests on, or anything.
pub(in crate::facts::code) fn tells_inside(path: &str) -> bool {
    let parts = path.split(['.', ':', '/']).filter(|part| !part.is_empty());
    let last = parts.clone().next_back().unwrap_or(path);
    WHOLE.contains(&last)
        || parts.into_iter().any(|part| is_in(part, LIBRARIES))
        || words(last).iter().any(|word| is_in(word, BEHIND))
}

/// Go: calls whose errors only say what is wrong with what they were given.
pub(in crate::facts::code) fn tells_given(called: &str) -> bool {
    const GIVEN: &[&str] = &[
        "github.com/skip2/go-qrcode.Encode",
        "github.com/skip2/go-qrcode.New",
        "path.Match",
        "path/filepath.Glob",
        "path/filepath.Match",
        "regexp.Compile",
        "time.Parse",
        "time.ParseDuration",
    ];
    /// What makes bytes of an answer, in any package; and what opens a file that is built in.
    const MAKES: &[&str] = &["Encode", "Marshal", "MarshalIndent", "MarshalJSON"];
    let (of, name) = called.rsplit_once('.').unwrap_or(("", called));
    let built_in = || {
        let of = of.rsplit(['.', '/']).next().unwrap_or(of).to_ascii_lowercase();
        matches!(of.as_str(), "assets" | "embedded" | "embedfs" | "frontend")
    };
    GIVEN.contains(&called)
        || called.starts_with("strconv.")
        || !of.is_empty() && MAKES.contains(&name)
        || matches!(name, "Open" | "ReadFile") && built_in()
}

#[cfg(test)]
mod tests {
    use super::tells_inside;

    #[test]
    fn what_is_behind_is_told_from_what_is_expected() {
        for inside in [
            "SQLException",
            "java.io.IOException",
            "sqlalchemy.exc.NoResultFound",
            "psycopg2.Error",
            "DbUpdateException",
            "HttpRequestException",
            "OSError",
            "RuntimeException",
            "Exception",
        ] {
            assert!(tells_inside(inside), "{inside}");
        }
        for expected in [
            "ValueError",
            "org.apache.shiro.authc.AuthenticationException",
            "OutOfStockException",
            "sfu::SfuError",
            "mautrix.errors.MatrixRequestError",
        ] {
            assert!(!tells_inside(expected), "{expected}");
        }
    }
}
