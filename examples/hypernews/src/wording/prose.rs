//! What people wrote, as HTML.

use sailfish::runtime::escape::escape_to_buf;
use sailfish::runtime::{Buffer, Render, RenderError};

use super::web_url;

/// Plain text shown as paragraphs, quotes and links.
///
/// A blank line begins a paragraph, a line break stays one, lines that start with `>` are a quote, and `http(s)` links
/// can be followed. Everything else is text: all markup in it is escaped. Already HTML itself, it is written the same by
/// `<%= %>` and `<%- %>`.
///
/// ```
/// use hypernews::wording::Prose;
/// assert_eq!(Prose("1 < 2").to_html(), "<p dir=\"auto\">1 &lt; 2</p>");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Prose<'a>(pub &'a str);

impl Prose<'_> {
    /// The HTML as a string.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut buffer = Buffer::with_capacity(self.0.len() + 32);
        self.write(&mut buffer);
        buffer.into_string()
    }

    fn write(&self, b: &mut Buffer) {
        let mut open = Block::None;
        for line in self.0.lines() {
            let line = line.trim_end();
            let (block, text) = match line.trim_start().strip_prefix('>') {
                _ if line.trim_start().is_empty() => (Block::None, ""),
                Some(quoted) => (Block::Quote, quoted.trim_start_matches('>').trim_start()),
                None => (Block::Paragraph, line),
            };
            if block == open {
                if block != Block::None {
                    b.push_str("<br>");
                }
            } else {
                b.push_str(open.closing());
                b.push_str(block.opening());
                open = block;
            }
            write_line(text, b);
        }
        b.push_str(open.closing());
    }
}

impl Render for Prose<'_> {
    fn render(&self, b: &mut Buffer) -> Result<(), RenderError> {
        self.write(b);
        Ok(())
    }

    fn render_escaped(&self, b: &mut Buffer) -> Result<(), RenderError> {
        self.render(b)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    Quote,
}

impl Block {
    fn opening(self) -> &'static str {
        match self {
            Block::None => "",
            Block::Paragraph => "<p dir=\"auto\">",
            Block::Quote => "<blockquote><p dir=\"auto\">",
        }
    }

    fn closing(self) -> &'static str {
        match self {
            Block::None => "",
            Block::Paragraph => "</p>",
            Block::Quote => "</p></blockquote>",
        }
    }
}

fn write_line(mut text: &str, b: &mut Buffer) {
    while let Some((start, end)) = find_link(text) {
        let url = &text[start..end];
        escape_to_buf(&text[..start], b);
        b.push_str("<a href=\"");
        escape_to_buf(url, b);
        b.push_str("\" rel=\"nofollow ugc\">");
        escape_to_buf(url, b);
        b.push_str("</a>");
        text = &text[end..];
    }
    escape_to_buf(text, b);
}

/// Where the first link of the text begins and ends.
fn find_link(text: &str) -> Option<(usize, usize)> {
    for (start, _) in text.match_indices("http") {
        if text[..start].chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = &text[start..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'))
            .unwrap_or(rest.len());
        let url = without_punctuation(&rest[..end]);
        if web_url(url).is_some() {
            return Some((start, start + url.len()));
        }
    }
    None
}

/// Drops what belongs to the sentence: closing punctuation, and a bracket that the link did not open.
fn without_punctuation(mut url: &str) -> &str {
    while let Some(last) = url.chars().next_back() {
        let sentence = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '’' | '”' => true,
            ')' => url.matches(')').count() > url.matches('(').count(),
            ']' => url.matches(']').count() > url.matches('[').count(),
            _ => false,
        };
        if !sentence {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}

/// The beginning of a text on one line, cut between words, with `…` where something was left out.
///
/// ```
/// assert_eq!(hypernews::wording::first_words("one two\nthree", 9), "one two…");
/// ```
#[must_use]
pub fn first_words(text: &str, most_chars: usize) -> String {
    let mut cut = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let more = word.chars().count() + usize::from(!cut.is_empty());
        if length + more > most_chars {
            if cut.is_empty() {
                cut.extend(word.chars().take(most_chars));
            }
            cut.push('…');
            return cut;
        }
        if !cut.is_empty() {
            cut.push(' ');
        }
        cut.push_str(word);
        length += more;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn html(text: &str) -> String {
        Prose(text).to_html().replace(" dir=\"auto\"", "").replace(" rel=\"nofollow ugc\"", "")
    }

    #[test]
    fn paragraphs_lines_and_quotes() {
        assert_eq!(html(""), "");
        assert_eq!(html("\n\n \n"), "");
        assert_eq!(html("a\nb\n\n\nc\r\n"), "<p>a<br>b</p><p>c</p>");
        assert_eq!(html("> said\n> so\nno"), "<blockquote><p>said<br>so</p></blockquote><p>no</p>");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(html("<script>'\"&"), "<p>&lt;script&gt;&#039;&quot;&amp;</p>");
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        for (text, link) in [
            ("see https://a.example/b.", "https://a.example/b"),
            ("(https://a.example/b)", "https://a.example/b"),
            ("https://a.example/b_(c), or", "https://a.example/b_(c)"),
            ("<https://a.example>", "https://a.example"),
            ("\"http://a.example/?x=1&y=2\"", "http://a.example/?x=1&amp;y=2"),
        ] {
            assert!(html(text).contains(&format!("<a href=\"{link}\">{link}</a>")), "{}", html(text));
        }
        for text in
            ["xhttp://a.example", "https://", "http is a protocol", "javascript:alert(1)", "https://."]
        {
            assert!(!html(text).contains("<a"), "{}", html(text));
        }
    }

    /// Takes out the tags that the renderer writes; a left-over `<`, `>` or quote came from the text.
    fn text_of(html: &str) -> String {
        let mut text = html.to_owned();
        while let Some(start) = text.find("<a href=\"") {
            let end = start + text[start..].find("\" rel=\"nofollow ugc\">").expect("a link is whole");
            assert!(!text[start + 9..end].contains(['"', '<', '>', '\'']), "{html}");
            text.replace_range(start..end + "\" rel=\"nofollow ugc\">".len(), "");
        }
        for tag in ["<p dir=\"auto\">", "</p>", "<br>", "<blockquote>", "</blockquote>", "</a>"] {
            text = text.replace(tag, "");
        }
        text
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup(text in "([ \n>.<\"'&)(]|https?://|</?[a-z]{1,6}>|javascript:|\\PC){0,40}") {
            let rendered = Prose(&text).to_html();
            prop_assert!(!text_of(&rendered).contains(['<', '>', '"', '\'']), "{rendered}");
            prop_assert_eq!(rendered.matches("<p ").count(), rendered.matches("</p>").count());
            prop_assert_eq!(rendered.matches("<a ").count(), rendered.matches("</a>").count());
        }

        #[test]
        fn no_word_is_lost(words in proptest::collection::vec("[a-z&]{1,8}", 1..20)) {
            let text = words.join(" ");
            let shown = text_of(&Prose(&text).to_html()).replace("&amp;", "&");
            prop_assert_eq!(shown, text);
        }

        #[test]
        fn first_words_fit(text in "\\PC{0,60}", most in 1usize..40) {
            prop_assert!(first_words(&text, most).chars().count() <= most + 1);
        }
    }
}
