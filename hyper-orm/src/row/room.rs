//! Room for the JSON of rows that have not come yet.

/// Rows for which there is room at least, and how many times those that are there.
const LEAST_ROWS: usize = 200;
const TIMES: usize = 8;

/// Most bytes for which room is made at once, unless as many are there.
const MOST_BYTES: usize = 4 << 20;

/// Makes room for the rows up to a limit as they come, for more at a time than a `Vec` does by itself: growing copies
/// what is there. All of them at once would be too many, as a limit says little of how many there are.
pub(crate) struct Room {
    limit: usize,
    written: usize,
    /// How many will be written when the room is used up.
    until: usize,
}

impl Room {
    pub(crate) fn up_to(limit: i64) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(0), written: 0, until: 1 }
    }

    /// A row was written, behind the others.
    #[inline]
    pub(crate) fn written(&mut self, out: &mut Vec<u8>) {
        self.written += 1;
        if self.written == self.until {
            self.more(out);
        }
    }

    fn more(&mut self, out: &mut Vec<u8>) {
        let rows = self.limit.saturating_sub(self.written).min((self.written * TIMES).max(LEAST_ROWS));
        // A little more than those before needed; exactly so much, as a `Vec` would have twice what it had.
        let each = (out.len() + out.len() / 8) / self.written + 1;
        out.reserve_exact(rows.saturating_mul(each).min(out.len().max(MOST_BYTES)));
        self.until = self.written + rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(limit: i64, rows: usize, each: usize) -> (usize, usize) {
        let (mut room, mut out, mut times, mut capacity) = (Room::up_to(limit), Vec::<u8>::new(), 0, 0);
        for _ in 0..rows {
            out.resize(out.len() + each, b'x');
            room.written(&mut out);
            if out.capacity() != capacity {
                (times, capacity) = (times + 1, out.capacity());
            }
        }
        (times, capacity)
    }

    #[test]
    fn room_is_made_seldom_and_not_for_all() {
        assert!(grown(20, 20, 100).0 <= 2);
        assert!(grown(10_000, 10_000, 50).0 <= 5);
        assert!(grown(i64::MAX, 1, 1000).1 < 300_000, "not for as many as there could be");
        let (_, capacity) = grown(i64::MAX, 20_000, 1000);
        assert!(capacity <= 2 * 20_000_000 + MOST_BYTES);
        for limit in [i64::MIN, -1, 0, 1] {
            assert!(grown(limit, 3, 10).1 < 100);
        }
    }
}
