//! Text as a JSON string: looked through and copied in the same pass, a word or a block at a time.

/// How many bytes are looked at together in a long text; the comparisons of that many become a few vector instructions.
const BLOCK: usize = 32;

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES * 0x80;

/// Writes a string with its quotes.
pub(crate) fn write_json_str(text: &str, out: &mut Vec<u8>) {
    write_json_bytes(text.as_bytes(), out);
}

/// The same for the bytes of a text. Returns whether all are ASCII; if not, they are left as they are, and whoever does
/// not know that they are UTF-8 has to look.
#[inline]
pub(super) fn write_json_bytes(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    // Most texts are short and have nothing to escape: two words that overlap are all of them.
    if bytes.len() <= 16
        && let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>())
    {
        let words = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        if escaped_in(words.0) | escaped_in(words.1) == 0 {
            let (mut begin, mut end) = ([b'"'; 9], [b'"'; 9]);
            begin[1..].copy_from_slice(first);
            end[..8].copy_from_slice(last);
            out.extend_from_slice(&begin);
            out.truncate(out.len() - (16 - bytes.len()));
            out.extend_from_slice(&end);
            return (words.0 | words.1) & HIGH == 0;
        }
    }
    write_any(bytes, out)
}

#[inline(never)]
fn write_any(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    // The end is written as a whole word, and then cut.
    out.reserve(bytes.len() + 10);
    out.push(b'"');
    let (mut at, mut seen) = (0, 0_u64);
    while at < bytes.len() {
        while let Some(block) = bytes[at..].first_chunk::<BLOCK>() {
            let (mut found, mut high) = (0_u8, 0_u8);
            for &byte in block {
                found |= u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
                high |= byte;
            }
            if found != 0 {
                break;
            }
            seen |= u64::from(high & 0x80) * ONES;
            out.extend_from_slice(block);
            at += BLOCK;
        }
        if at == bytes.len() {
            break;
        }
        let word = word_at(bytes, at);
        let found = escaped_in(word);
        seen |= word;
        if found != 0 {
            at += write_escaped(word, found, out);
            continue;
        }
        out.extend_from_slice(&word.to_le_bytes());
        at += 8;
    }
    out.truncate(out.len() - at.saturating_sub(bytes.len()));
    out.push(b'"');
    seen & HIGH == 0
}

/// Eight bytes from `at` on, the first in the lowest place, with spaces for those beyond the end; there is at least one.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    if let Some(word) = bytes[at..].first_chunk() {
        return u64::from_le_bytes(*word);
    }
    let rest = bytes.len() - at;
    let spaces = (ONES * u64::from(b' ')) << (8 * rest);
    if let Some(last) = bytes.last_chunk() {
        return (u64::from_le_bytes(*last) >> (64 - 8 * rest)) | spaces;
    }
    let tail = &bytes[at..];
    // Two halves that overlap, or single bytes that do.
    let word = match (tail.first_chunk(), tail.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | (u64::from(u32::from_le_bytes(*last)) << (8 * (rest - 4)))
        }
        _ => [0, rest / 2, rest - 1].iter().fold(0, |word, &i| word | (u64::from(tail[i]) << (8 * i))),
    };
    word | spaces
}

/// The highest bit of each byte that cannot stand for itself (RFC 8259, section 7): a control character, `"` or `\`.
/// Exact up to the first, beyond which borrows can set others. From Sean Eron Anderson's "Bit Twiddling Hacks",
/// "Determine if a word has a byte less than n".
#[inline]
fn escaped_in(word: u64) -> u64 {
    // Turning this bit around makes `"` the number behind the control characters, which stay below it.
    let below_or_quote = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (below_or_quote | backslash) & !word & HIGH
}

/// Writes a word up to the first byte that is escaped, and that. Returns how many bytes that were.
#[cold]
fn write_escaped(word: u64, found: u64, out: &mut Vec<u8>) -> usize {
    let plain = found.trailing_zeros() as usize / 8;
    let bytes = word.to_le_bytes();
    out.extend_from_slice(&bytes[..plain]);
    write_escape(bytes[plain], out);
    plain + 1
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        b'"' | b'\\' => byte,
        _ => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        assert_eq!(write_json_bytes(text.as_bytes(), &mut out), text.is_ascii());
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_serde_json_does(
            text in any::<String>(),
            plain in "[ -~]{0,80}",
            mixed in "[a-z\"\\\\\n\u{1}é😀]{0,80}",
        ) {
            for text in [text, plain, mixed] {
                prop_assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
            }
        }
    }

    #[test]
    fn every_character_is_written_as_serde_json_does_at_every_place() {
        let all: String = (0..0x300).filter_map(char::from_u32).chain("\u{2028}😀".chars()).collect();
        let padded = (0..70).flat_map(|n| {
            ["\"", "\\", "\0", "\u{1f}", " ", "\u{7f}", "é"].map(|c| "x".repeat(n) + c + &"y".repeat(70 - n))
        });
        let short = (0..40).flat_map(|n| ["\"", "", "\n"].map(|c| "x".repeat(n) + c));
        for text in
            ["", "plain", "\"", "a\\b\n", &all].map(str::to_owned).into_iter().chain(padded).chain(short)
        {
            assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
        }
        for c in 0..=0x100_u32 {
            let text = format!("{0}a{0}", char::from_u32(c).unwrap());
            assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
        }
    }
}
