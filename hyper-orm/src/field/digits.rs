//! Whole numbers in decimal: eight digits at once, in the bytes of a word. After Paul Khuong, "How to print integers
//! really fast" (2017).

const EIGHT: u64 = 100_000_000;

/// Writes a number.
#[inline]
pub(super) fn write_i64(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    write_u64(value.unsigned_abs(), out);
}

#[inline]
fn write_u64(value: u64, out: &mut Vec<u8>) {
    if value >= EIGHT {
        return write_long(value, out);
    }
    let digits = digits_of(value);
    // The first digit is the lowest byte; a zero is written for zero.
    let zeros = (digits | (1 << 56)).trailing_zeros() / 8;
    out.extend_from_slice(&((digits | ASCII) >> (8 * zeros)).to_le_bytes());
    out.truncate(out.len() - zeros as usize);
}

#[inline(never)]
fn write_long(value: u64, out: &mut Vec<u8>) {
    write_u64(value / EIGHT, out);
    out.extend_from_slice(&digits(value % EIGHT));
}

/// The eight digits of a number below 10^8.
#[inline]
pub(super) fn digits(value: u64) -> [u8; 8] {
    (digits_of(value) | ASCII).to_le_bytes()
}

/// `0` in each byte.
const ASCII: u64 = u64::from_ne_bytes([b'0'; 8]);

/// The same without [`ASCII`], the first in the lowest byte.
#[inline]
fn digits_of(value: u64) -> u64 {
    // Two numbers of four digits, four of two, eight of one; each division is a multiplication that is exact for them.
    let fours = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: i64) -> String {
        let mut out = b"x".to_vec();
        write_i64(value, &mut out);
        String::from_utf8(out.split_off(1)).unwrap()
    }

    proptest! {
        #[test]
        fn any_number_reads_as_it_is_printed(value in any::<i64>(), shift in 0..64_u32) {
            for value in [value, value >> shift, -(value >> shift)] {
                prop_assert_eq!(written(value), value.to_string());
            }
        }
    }

    #[test]
    fn numbers_of_every_length_read_as_they_are_printed() {
        let powers = (0..19).map(|n| 10_i64.pow(n));
        let near = powers.flat_map(|power| [power - 1, power, power + 1, 9 * power]);
        for value in near.chain([i64::MIN, i64::MAX, i64::MIN + 1]) {
            assert_eq!(written(value), value.to_string());
            assert_eq!(written(value.wrapping_neg()), value.wrapping_neg().to_string());
        }
        (0..=99_999).for_each(|value| assert_eq!(written(value), value.to_string()));
    }

    #[test]
    fn every_group_of_four_digits_is_exact() {
        for value in 0..10_000 {
            let expected = format!("{value:04}{value:04}");
            assert_eq!(digits(value * 10_001), expected.as_bytes());
        }
    }
}
