#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| obsproof_fuzz::code(text));
