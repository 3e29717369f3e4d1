//! Comments of any language.
