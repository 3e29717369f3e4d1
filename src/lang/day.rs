//! Days of the civil calendar, as `YYYY-MM-DD`.

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar; none for what is no day.
pub fn number(day: &str) -> Option<i64> {
    let mut parts = day.split('-');
    let mut part = |width: usize| {
        let text = parts.next().filter(|text| text.len() == width)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<i64>().ok() } else { None }
    };
    let (year, month, of_month) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) {
        return None;
    }
    let shifted = (month + 9) % 12;
    let era_year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (era_year.div_euclid(400), era_year.rem_euclid(400));
    let of_year = (153 * shifted + 2) / 5 + of_month - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (of_month >= 1 && text(days) == day).then_some(days)
}

/// The day so many days after 1970-01-01.
pub fn text(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Days from one day to another; none where either is no day.
pub fn between(from: &str, to: &str) -> Option<i64> {
    Some(number(to)? - number(from)?)
}

#[cfg(test)]
mod tests {
    use super::{between, number, text};

    #[test]
    fn days_are_civil() {
        assert_eq!(text(0), "1970-01-01");
        assert_eq!(text(11_016), "2000-02-29");
        assert_eq!(text(20_781), "2026-11-24");
        for days in (-1_000..60_000).step_by(7) {
            assert_eq!(number(&text(days)), Some(days));
        }
    }

    #[test]
    fn what_is_no_day_has_no_number() {
        for word in ["2027-02-29", "2027-13-01", "2027-1-01", "2027-01-00", "x", "2027-01-01T0"] {
            assert_eq!(number(word), None, "{word}");
        }
        assert_eq!(between("2026-12-25", "2027-01-08"), Some(14));
    }
}
