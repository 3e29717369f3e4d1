//! Texts that set loggers up: how to tell them.

/// Whether a text sets loggers up, by what only such texts say.
pub fn is_logging(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    let tags = (has("<configuration") || has("<included")) && has("<appender");
    let log4j = has("<Configuration") && (has("<Appenders") || has("<Loggers"));
    let line = |start: &str| text.lines().any(|line| line.trim_start().starts_with(start));
    tags || log4j
        || has("<nlog")
        || line("logging.level.")
        || line("logging.structured.")
        || line("logging.pattern.")
        || line("server.error.include-")
        || line("quarkus.log.")
        || line("%prod.quarkus.log.")
        || line("logger.levels.")
        || line("log4j.rootLogger")
        || line("rootLogger.")
        || (line("[loggers]") && line("[handlers]"))
        || (line("log_format ") && has("$"))
}
