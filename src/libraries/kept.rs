//! Rows of the tables as bytes for the cache: a row is its number.

use super::{Api, TABLES};
use crate::kept::damaged;
use borsh::io::{Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};

type Row = (&'static str, Api);

fn lists() -> impl Iterator<Item = &'static [Row]> {
    TABLES.iter().flat_map(|(_, table)| [table.exact, table.ending])
}

/// The position of a row in a list, if it stands there.
fn position(list: &'static [Row], api: &Api) -> Option<usize> {
    let bytes = std::ptr::from_ref(api).addr().checked_sub(list.as_ptr().addr())?;
    let at = bytes / size_of::<Row>();
    list.get(at).filter(|row| std::ptr::eq(&row.1, api)).map(|_| at)
}

impl BorshSerialize for Api {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let mut before = 0;
        for list in lists() {
            if let Some(at) = position(list, self) {
                let number = u32::try_from(before + at).map_err(|_| damaged())?;
                return number.serialize(writer);
            }
            before += list.len();
        }
        Err(damaged())
    }
}

/// Reads a row: for `#[borsh(deserialize_with)]`.
///
/// # Errors
/// There is no row of this number.
pub fn numbered<R: Read>(reader: &mut R) -> Result<&'static Api> {
    let mut number = u32::deserialize_reader(reader)? as usize;
    for list in lists() {
        match list.get(number) {
            Some((_, api)) => return Ok(api),
            None => number -= list.len(),
        }
    }
    Err(damaged())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_again_by_its_number() {
        for (_, api) in lists().flatten() {
            let bytes = borsh::to_vec(api).unwrap_or_default();
            let found = numbered(&mut bytes.as_slice()).ok();
            assert!(found.is_some_and(|found| std::ptr::eq(found, api)));
        }
        assert!(numbered(&mut u32::MAX.to_le_bytes().as_slice()).is_err());
    }
}
