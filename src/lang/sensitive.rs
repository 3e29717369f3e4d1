//! Names of values that do not belong into telemetry: secrets and personal data.
//!
//! The last word of a name says what the value is: `user_password` is a password, `password_policy`
//! is a policy, `next_page_token` is no secret for the word before it. What a name does not say for
//! certain is nothing.

/// What a name says about its value.
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
pub enum Kind {
    /// Lets its holder in: a password, a token, a key.
    Secret,
    /// Says something about a person: an email address, a card number.
    Personal,
    /// The network address of a client.
    Address,
    /// Stands for a person without saying who: a user's id or login.
    Account,
}

/// What a name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Sensitive {
    /// How it is to be treated.
    pub kind: Kind,
    /// What it is, in words for a reader: `api key`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub what: &'static str,
}

/// Ends of names: the words, and what they say.
const HEADS: &[(&str, Kind, &str)] = &[
    ("password", Kind::Secret, "password"),
    ("passwd", Kind::Secret, "password"),
    ("pwd", Kind::Secret, "password"),
    ("passphrase", Kind::Secret, "passphrase"),
    ("secret", Kind::Secret, "secret"),
    ("token", Kind::Secret, "token"),
    ("jwt", Kind::Secret, "token"),
    ("bearer", Kind::Secret, "token"),
    ("apikey", Kind::Secret, "api key"),
    ("api key", Kind::Secret, "api key"),
    ("secret key", Kind::Secret, "secret key"),
    ("access key", Kind::Secret, "access key"),
    ("private key", Kind::Secret, "private key"),
    ("privatekey", Kind::Secret, "private key"),
    ("signing key", Kind::Secret, "signing key"),
    ("encryption key", Kind::Secret, "encryption key"),
    ("authorization", Kind::Secret, "authorization header"),
    ("cookie", Kind::Secret, "cookie"),
    ("credential", Kind::Secret, "credential"),
    ("credentials", Kind::Secret, "credentials"),
    ("cvv", Kind::Secret, "card security code"),
    ("cvc", Kind::Secret, "card security code"),
    ("cvv code", Kind::Secret, "card security code"),
    ("otp", Kind::Secret, "one-time password"),
    ("otp code", Kind::Secret, "one-time password"),
    ("reset link", Kind::Secret, "link to reset a password"),
    ("reset url", Kind::Secret, "link to reset a password"),
    ("reset password link", Kind::Secret, "link to reset a password"),
    ("reset password url", Kind::Secret, "link to reset a password"),
    ("magic link", Kind::Secret, "link to log in"),
    ("login link", Kind::Secret, "link to log in"),
    ("webhook url", Kind::Secret, "address with a token"),
    ("slack webhook", Kind::Secret, "address with a token"),
    ("discord webhook", Kind::Secret, "address with a token"),
    ("notification url", Kind::Secret, "address with a token"),
    ("notification urls", Kind::Secret, "address with a token"),
    ("notify url", Kind::Secret, "address with a token"),
    ("shoutrrr url", Kind::Secret, "address with a token"),
    ("shoutrrr urls", Kind::Secret, "address with a token"),
    ("email", Kind::Personal, "email address"),
    ("email address", Kind::Personal, "email address"),
    ("e mail", Kind::Personal, "email address"),
    ("phone", Kind::Personal, "phone number"),
    ("telephone", Kind::Personal, "phone number"),
    ("phone number", Kind::Personal, "phone number"),
    ("mobile number", Kind::Personal, "phone number"),
    ("ssn", Kind::Personal, "social security number"),
    ("social security number", Kind::Personal, "social security number"),
    ("passport", Kind::Personal, "passport number"),
    ("passport number", Kind::Personal, "passport number"),
    ("card number", Kind::Personal, "card number"),
    ("cardnumber", Kind::Personal, "card number"),
    ("credit card", Kind::Personal, "card number"),
    ("iban", Kind::Personal, "account number"),
    ("dob", Kind::Personal, "date of birth"),
    ("date of birth", Kind::Personal, "date of birth"),
    ("birth date", Kind::Personal, "date of birth"),
    ("birthdate", Kind::Personal, "date of birth"),
    ("birthday", Kind::Personal, "date of birth"),
    ("first name", Kind::Personal, "name of a person"),
    ("firstname", Kind::Personal, "name of a person"),
    ("last name", Kind::Personal, "name of a person"),
    ("lastname", Kind::Personal, "name of a person"),
    ("full name", Kind::Personal, "name of a person"),
    ("given name", Kind::Personal, "name of a person"),
    ("family name", Kind::Personal, "name of a person"),
    ("maiden name", Kind::Personal, "name of a person"),
    ("surname", Kind::Personal, "name of a person"),
    ("street address", Kind::Personal, "postal address"),
    ("home address", Kind::Personal, "postal address"),
    ("postal address", Kind::Personal, "postal address"),
    ("mailing address", Kind::Personal, "postal address"),
    ("billing address", Kind::Personal, "postal address"),
    ("shipping address", Kind::Personal, "postal address"),
    ("client ip", Kind::Address, "network address of a client"),
    ("remote ip", Kind::Address, "network address of a client"),
    ("user ip", Kind::Address, "network address of a client"),
    ("source ip", Kind::Address, "network address of a client"),
    ("ip address", Kind::Address, "network address"),
    ("ip addr", Kind::Address, "network address"),
    ("client address", Kind::Address, "network address of a client"),
    ("client addr", Kind::Address, "network address of a client"),
    ("remote addr", Kind::Address, "network address of a client"),
    ("x forwarded for", Kind::Address, "network address of a client"),
    ("user id", Kind::Account, "id of a user"),
    ("userid", Kind::Account, "id of a user"),
    ("customer id", Kind::Account, "id of a customer"),
    ("account id", Kind::Account, "id of an account"),
    ("username", Kind::Account, "login of a user"),
    ("user name", Kind::Account, "login of a user"),
];

/// Words after which a value is still what the words before them say.
const VALUE: &str = "\
    value val text string str raw plain plaintext cleartext bytes base64 b64 header confirm \
    confirmation arg param var 1 2";

/// Words before or inside a name that make its value harmless, whatever it is.
const SAFE: &str = "\
    masked redacted hashed hash encrypted sealed hidden obfuscated sanitized sanitised \
    anonymized anonymised scrubbed censored truncated partial is has have had no not need \
    needs requires require requested use uses using should can allow allows enable enabled \
    with without missing invalid empty expired wrong unknown num count max min total dummy \
    expire expires expiry expiration ttl lifetime \
    fake example test mock sample placeholder public validate check verify send sent";

/// Words before `token` and `cookie` that speak of another kind.
const OTHER_TOKENS: &str = "\
    page paging pagination next previous prev continue continuation cancel cancellation \
    cancelation stopping stop abort sync resume cursor start end first last current lookahead \
    eof eos bos pad unk mask special lexer syntax fencing change marker delimiter operator \
    keyword watch unexpected expected input output prompt completion word consent locale lang \
    language theme correlation tracking tracing idempotency lock lease concurrency consistency \
    snapshot barrier erc20 erc721 sell buy taker maker starting fee gas native base quote collateral lp pool reward \
    staking wrapped underlying";

/// Words before an email address, a phone number or a name that make it one of a machine or a
/// company.
const COMPANY: &str = "\
    support admin noreply reply default from contact service account system company bot team \
    vendor helpdesk alert security";

/// Words before a network address that is not a client's.
const OWN_ADDRESSES: &str = "\
    server host node pod local private bind listen internal cluster service target dest \
    destination upstream backend gateway container instance machine broker master leader \
    primary replica peer dns load balancer lb virtual advertise external";

/// Functions whose result does not show what they were given.
const PROTECT: &str = "\
    mask masked masking redact redacted redacting hash hashed hasher hmac digest hexdigest \
    fingerprint sha1 sha224 sha256 sha384 sha512 md5 blake2b blake2s blake3 bcrypt argon2 \
    scrypt obfuscate obfuscated sanitize sanitise sanitized anonymize anonymise pseudonymize \
    pseudonymise scrub scrubbed censor hide encrypt encrypted seal tokenize len length size \
    count bool boolean type typeof exists present empty none some null blank valid equals \
    last4";

/// What such functions are part of: `hashlib.new(…)`, `Masking.apply(…)`.
const PROTECTORS: &str = "\
    hashlib hmac sha1 sha256 sha512 md5 bcrypt argon2 masking masker mask redactor redact \
    sanitizer";

/// What a name says about its value; parts of a path (`user.email`) count as words.
pub fn of_name(name: &str) -> Option<Sensitive> {
    let all = words(name);
    let mut words: &[String] = &all;
    while let Some((last, before)) = words.split_last()
        && !before.is_empty()
        && is_in(last, VALUE)
    {
        words = before;
    }
    if all.iter().any(|word| is_in(word, SAFE)) {
        return None;
    }
    let heads = HEADS
        .iter()
        .filter_map(|(head, kind, what)| Some((words_before(words, head)?, kind, what)));
    // The longest that fits.
    let (before, kind, what) = heads.min_by_key(|(before, ..)| before.len())?;
    let said = |list: &str| before.last().is_some_and(|word| is_in(word, list));
    let harmless = match (kind, *what) {
        // The public name of one of Stellar's networks.
        (Kind::Secret, "passphrase") => said("network"),
        (Kind::Secret, "token" | "cookie") => said(OTHER_TOKENS),
        (Kind::Personal, "email address" | "phone number" | "name of a person") => said(COMPANY),
        (Kind::Address, "network address") => before.iter().any(|word| is_in(word, OWN_ADDRESSES)),
        _ => false,
    };
    (!harmless).then_some(Sensitive { kind: *kind, what })
}

/// Whether a word of a name says that its value is no secret: `publicKey`, `hashed_token`.
pub fn is_harmless(name: &str) -> bool {
    words(name).iter().any(|word| is_in(word, SAFE))
}

/// Whether what a function gives back does not show what it was given: `mask`, `sha256`, `len`.
pub fn protects(function: &str) -> bool {
    let (owner, name) = function.rsplit_once(['.', ':']).unwrap_or(("", function));
    let has = |text: &str, list: &str| words(text).iter().any(|word| is_in(word, list));
    has(name, PROTECT) || has(owner, PROTECTORS)
}

/// The words before these last ones; none where they are not the last ones.
fn words_before<'w>(words: &'w [String], last: &str) -> Option<&'w [String]> {
    let count = last.split(' ').count();
    let (before, end) = words.split_at_checked(words.len().checked_sub(count)?)?;
    end.iter().map(String::as_str).eq(last.split(' ')).then_some(before)
}

/// Whether a list of words has this one.
fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The words of an identifier in lower case: `userPassword`, `USER_PASSWORD`, `user-password`.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().take(200).collect();
    for (number, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = number.checked_sub(1).map(|number| letters[number]);
        let after = letters.get(number + 1);
        let rises = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    // The last capital of `APIKey` begins a word.
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        // `password2` is two words, `sha256` and `b64` are one.
        let counts = letter.is_numeric()
            && before.is_some_and(char::is_alphabetic)
            && after.is_none_or(|after| !after.is_numeric())
            && word.len() > 4;
        if (rises || counts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}
