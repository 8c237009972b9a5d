//! Numbers and descriptions, as they are put on a page.

use crate::data::MARKS;

/// A size in KiB, for people.
///
/// ```
/// use catalog::views::size;
/// assert_eq!([size(0), size(987), size(1536), size(3 << 20)], ["0 KiB", "987 KiB", "1.5 MiB", "3.0 GiB"]);
/// ```
#[must_use]
pub fn size(kib: i64) -> String {
    let scaled = |unit: i64| (kib as f64) / (unit as f64);
    match kib {
        ..1024 => format!("{kib} KiB"),
        1024..1_048_576 => format!("{:.1} MiB", scaled(1 << 10)),
        1_048_576..1_073_741_824 => format!("{:.1} GiB", scaled(1 << 20)),
        _ => format!("{:.1} TiB", scaled(1 << 30)),
    }
}

/// A number with its thousands apart.
///
/// ```
/// use catalog::views::number;
/// assert_eq!([number(7), number(1234), number(-1234567)], ["7", "1,234", "-1,234,567"]);
/// ```
#[must_use]
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things.
///
/// ```
/// use catalog::views::plural;
/// assert_eq!([plural(1, "package"), plural(2000, "package")], ["1 package", "2,000 packages"]);
/// ```
#[must_use]
pub fn plural(many: u64, thing: &str) -> String {
    let number = number(i64::try_from(many).unwrap_or(i64::MAX));
    if many == 1 { format!("{number} {thing}") } else { format!("{number} {thing}s") }
}

/// How much of a whole that is, from 0 to 100.
#[must_use]
pub fn percent(part: i64, whole: i64) -> f64 {
    if whole > 0 { (part as f64 / whole as f64 * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

/// A link, if it leads to the web.
///
/// ```
/// use catalog::views::web_url;
/// assert_eq!(web_url("https://www.debian.org/"), Some("https://www.debian.org/"));
/// assert_eq!(web_url("javascript:alert(1)"), None);
/// ```
#[must_use]
pub fn web_url(url: &str) -> Option<&str> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://")).then_some(url)
}

/// The pieces of a headline, and whether each is what was searched for.
///
/// ```
/// use catalog::views::marked;
/// let pieces = marked("a \u{e000}stream\u{e001} editor");
/// assert_eq!(pieces, [("a ", false), ("stream", true), (" editor", false)]);
/// ```
#[must_use]
pub fn marked(headline: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    for piece in headline.split(MARKS[0]) {
        match piece.split_once(MARKS[1]) {
            Some((found, behind)) => pieces.extend([(found, true), (behind, false)]),
            None => pieces.push((piece, false)),
        }
    }
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

/// A piece of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Text, that can be broken anywhere.
    Paragraph(String),
    /// Lines that are to stay as they are: lists and tables.
    Verbatim(String),
}

/// The pieces of a description: lines that begin with a space stay as they are.
///
/// ```
/// use catalog::views::{Block, blocks};
/// assert_eq!(
///     blocks("One\nline.\n\n * a\n * b"),
///     [Block::Paragraph("One line.".into()), Block::Verbatim(" * a\n * b".into())]
/// );
/// ```
#[must_use]
pub fn blocks(description: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = false;
    for line in description.lines() {
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        match (blocks.last_mut(), line.starts_with(' ')) {
            (Some(Block::Paragraph(text)), false) if open => {
                text.push(' ');
                text.push_str(line);
            }
            (Some(Block::Verbatim(text)), true) if open => {
                text.push('\n');
                text.push_str(line);
            }
            (_, false) => blocks.push(Block::Paragraph(line.to_owned())),
            (_, true) => blocks.push(Block::Verbatim(line.to_owned())),
        }
        open = true;
    }
    blocks
}
