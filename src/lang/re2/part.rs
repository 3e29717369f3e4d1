//! How high, how large and how often repeated a part of a pattern is: Go bounds all three.

/// Most levels of a pattern's tree.
const MOST_LEVELS: u32 = 1000;
/// Most steps of a compiled pattern: 128 MiB of 40 bytes each.
const MOST_STEPS: u64 = (128 << 20) / 40;
/// Most copies of one part, and the largest count.
pub(super) const MOST_COPIES: u64 = 1000;

/// What a part is to those around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Letters one after the other.
    Literal,
    /// One of several letters.
    Class,
    Sequence,
    Choice,
    Other,
}

/// A part of a pattern.
#[derive(Clone, Copy)]
pub(super) struct Part {
    form: Form,
    /// Levels of its tree.
    levels: u32,
    /// Steps of its program.
    steps: u64,
    /// The product of counts around its most repeated part.
    copies: u64,
}

/// How often a part stands.
#[derive(Clone, Copy)]
pub(super) enum Times {
    /// `*`
    Any,
    /// `+`
    Some,
    /// `?`
    Maybe,
    /// `{2}`, `{2,}`, `{2,5}`
    Counted(u64, Option<u64>),
}

impl Part {
    const fn of(form: Form) -> Part {
        Part { form, levels: 1, steps: 1, copies: 1 }
    }

    /// A letter.
    pub(super) const LETTER: Part = Part::of(Form::Literal);
    /// A class of letters.
    pub(super) const CLASS: Part = Part::of(Form::Class);
    /// An anchor, or nothing.
    pub(super) const EMPTY: Part = Part::of(Form::Other);

    /// Levels below this one, where parts of the same form are taken apart.
    fn below(&self, form: Form) -> u32 {
        self.levels - u32::from(self.form == form)
    }

    fn is_one_letter(&self) -> bool {
        self.form == Form::Class || (self.form == Form::Literal && self.steps == 1)
    }

    /// This part and the next.
    pub(super) fn then(self, next: Part) -> Part {
        let letters = self.form == Form::Literal && next.form == Form::Literal;
        let (form, above) = if letters { (Form::Literal, 0) } else { (Form::Sequence, 1) };
        Part {
            form,
            levels: above + self.below(form).max(next.below(form)).max(1 - above),
            steps: self.steps.saturating_add(next.steps),
            copies: self.copies.max(next.copies),
        }
    }

    /// This part or another.
    pub(super) fn or(self, other: Part) -> Part {
        if self.is_one_letter() && other.is_one_letter() {
            return Part::CLASS;
        }
        Part {
            form: Form::Choice,
            levels: 1 + self.below(Form::Choice).max(other.below(Form::Choice)),
            steps: self.steps.saturating_add(other.steps).saturating_add(1),
            copies: self.copies.max(other.copies),
        }
    }

    /// This part in parentheses that capture.
    pub(super) fn captured(self) -> Part {
        Part { form: Form::Other, levels: self.levels + 1, steps: self.steps + 2, ..self }
    }

    /// This part so many times.
    pub(super) fn repeated(self, times: Times) -> Part {
        let steps = match times {
            Times::Any | Times::Counted(0, None) => self.steps.saturating_add(2),
            Times::Some | Times::Maybe => self.steps.saturating_add(1),
            Times::Counted(least, None) => self.steps.saturating_mul(least).saturating_add(1),
            Times::Counted(least, Some(most)) => {
                self.steps.saturating_mul(most).saturating_add(most - least)
            }
        };
        let copies = match times {
            // What never stands has no copies.
            Times::Counted(_, Some(most)) => self.copies.max(1).saturating_mul(most),
            Times::Counted(least, None) => self.copies.saturating_mul(least.max(1)),
            _ => self.copies,
        };
        Part { form: Form::Other, levels: self.levels + 1, steps: steps.max(1), copies }
    }

    /// Whether its tree is higher than Go takes.
    pub(super) fn is_too_high(&self) -> bool {
        self.levels > MOST_LEVELS
    }

    /// Whether it holds more copies of something than Go takes.
    pub(super) fn is_too_often(&self) -> bool {
        self.copies > MOST_COPIES
    }

    /// Whether its program is larger than Go takes; letters one after the other it does not count.
    pub(super) fn is_too_large(&self) -> bool {
        self.steps > MOST_STEPS && self.form != Form::Literal
    }
}
