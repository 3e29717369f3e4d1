//! Facts that are pointed at by their name, and have no other field that a rule file may ask for.

/// Makes a type with `document: DocumentId` and `name: Scalar` a subject of a kind; `$word` stands
/// before its name in output.
macro_rules! named_subject {
    ($type:ty, $kind:ident, $word:literal) => {
        impl $crate::facts::Subject for $type {
            fn kind(&self) -> $crate::facts::subject::SubjectKind {
                $crate::facts::subject::SubjectKind::$kind
            }
            fn document(&self) -> Option<$crate::facts::DocumentId> {
                Some(self.document)
            }
            fn title(&self) -> String {
                format!(concat!($word, " {}"), self.name.text)
            }
            fn anchor(&self) -> Option<$crate::source::Span> {
                Some(self.name.span)
            }
            fn field(&self, path: &str) -> $crate::facts::subject::Held<'_> {
                match path {
                    "name" => self.name.held(),
                    _ => $crate::facts::subject::Held::Nothing,
                }
            }
            fn field_span(&self, path: &str) -> Option<$crate::source::Span> {
                (path == "name").then_some(self.name.span)
            }
        }
    };
}

pub(in crate::facts) use named_subject;
