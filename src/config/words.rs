//! Lists of words that settings start from.

/// Words that speak of the business, unless the configuration lists others.
pub(super) const BUSINESS: &[&str] = &[
    "order",
    "payment",
    "revenue",
    "signup",
    "registration",
    "conversion",
    "session",
    "checkout",
    "cart",
    "purchase",
    "sale",
    "booking",
    "subscription",
    "invoice",
    "refund",
    "transaction",
    "customer",
    "user",
];
