//! Names that say what does not belong into telemetry, and their harmless neighbours.

use obsproof::lang::sensitive::{Kind, of_name, protects, words};

#[test]
fn names_of_secrets_are_known_in_every_spelling() {
    for name in [
        "password",
        "user_password",
        "userPassword",
        "UserPassword",
        "USER_PASSWORD",
        "passwd",
        "pwd",
        "password2",
        "new_password",
        "passwordConfirmation",
        "password_text",
        "passphrase",
        "secret",
        "client_secret",
        "token",
        "access_token",
        "refreshToken",
        "idToken",
        "jwt",
        "api_key",
        "apiKey",
        "APIKey",
        "apikey",
        "x-api-key",
        "secret_key",
        "secretAccessKey",
        "aws_secret_access_key",
        "private_key",
        "signingKey",
        "authorization",
        "http.request.header.authorization",
        "authorizationHeader",
        "cookie",
        "session_cookie",
        "set-cookie",
        "credentials",
        "cvv",
        "card_cvc",
        "otp",
        "otp_code",
        "user.password",
        "auth_token_value",
    ] {
        assert_eq!(of_name(name).map(|found| found.kind), Some(Kind::Secret), "{name}");
    }
}

#[test]
fn neighbours_of_secrets_are_harmless() {
    for name in [
        "token_count",
        "tokens",
        "max_tokens",
        "tokenizer",
        "password_policy",
        "secretName",
        "secret_name",
        "next_page_token",
        "pageToken",
        "nextToken",
        "continuation_token",
        "cancellationToken",
        "stoppingToken",
        "has_password",
        "isTokenValid",
        "password_length",
        "password_hash",
        "hashed_password",
        "masked_token",
        "token_type",
        "token_expiry",
        "tokenUrl",
        "tokenEndpoint",
        "api_key_id",
        "secret_manager",
        "cookie_name",
        "cookie_domain",
        "cookieConsent",
        "public_key",
        "primary_key",
        "cache_key",
        "key",
        "secretary",
        "passwordless",
        "password_reset",
        "invalid_token",
        "missing_token",
        "credentials_provider",
        "keyboard",
        "author",
        "authorization_url",
        "authorized",
        "compass",
        "last_token",
        "",
        "_",
        "token_bucket",
        "lexer_token",
    ] {
        assert_eq!(of_name(name), None, "{name}");
    }
}

#[test]
fn names_of_personal_data_are_known() {
    for (name, kind) in [
        ("email", Kind::Personal),
        ("user_email", Kind::Personal),
        ("enduser.email", Kind::Personal),
        ("customerEmail", Kind::Personal),
        ("emailAddress", Kind::Personal),
        ("phone", Kind::Personal),
        ("phoneNumber", Kind::Personal),
        ("ssn", Kind::Personal),
        ("credit_card_number", Kind::Personal),
        ("cardNumber", Kind::Personal),
        ("iban", Kind::Personal),
        ("date_of_birth", Kind::Personal),
        ("dob", Kind::Personal),
        ("firstName", Kind::Personal),
        ("full_name", Kind::Personal),
        ("surname", Kind::Personal),
        ("billing_address", Kind::Personal),
        ("client_ip", Kind::Address),
        ("clientIp", Kind::Address),
        ("remote_addr", Kind::Address),
        ("ip_address", Kind::Address),
        ("user_id", Kind::Account),
        ("userId", Kind::Account),
        ("username", Kind::Account),
    ] {
        assert_eq!(of_name(name).map(|found| found.kind), Some(kind), "{name}");
    }
}

#[test]
fn neighbours_of_personal_data_are_harmless() {
    for name in [
        "email_service",
        "emailSent",
        "email_count",
        "email_hash",
        "hashed_email",
        "masked_email",
        "email_template",
        "support_email",
        "from_email",
        "service_account_email",
        "send_email",
        "phone_model",
        "address",
        "listen_address",
        "server_address",
        "server_ip_address",
        "pod_ip",
        "host_ip_address",
        "name",
        "file_name",
        "hostname",
        "class_name",
        "cardinality",
        "id",
        "order_id",
        "birthday_count",
        "passport_strategy",
        "mobile",
        "email_verified",
        "first_name_length",
        "unsubscribe",
    ] {
        assert_eq!(of_name(name), None, "{name}");
    }
}

#[test]
fn functions_that_protect_are_known() {
    for name in [
        "mask",
        "mask_email",
        "maskToken",
        "redact",
        "hashlib.sha256().hexdigest",
        "sha256",
        "len",
        "bool",
        "crypto.createHash().update().digest",
        "String.length",
        "user.password.is_some",
        "strings.Mask",
        "hmac.new",
        "MaskingUtil.apply",
    ] {
        assert!(protects(name), "{name}");
    }
    for name in
        ["str", "json.dumps", "format", "get", "toString", "user.getEmail", "decrypt", "login"]
    {
        assert!(!protects(name), "{name}");
    }
}

#[test]
fn identifiers_are_split_where_words_begin() {
    assert_eq!(words("userAPIKey2"), ["user", "api", "key2"]);
    assert_eq!(words("X-Forwarded-For"), ["x", "forwarded", "for"]);
    assert_eq!(words("password2"), ["password", "2"]);
    assert_eq!(words("sha256"), ["sha256"]);
}
